import { jarAttacks } from '#test/support/policy-attacks/jars.ts';

import { itRefuses } from './refusals.ts';

itRefuses(jarAttacks);
