import { podAttacks } from '#test/support/policy-attacks/pod-rules.ts';

import { itRefuses } from './refusals.ts';

itRefuses(podAttacks);
