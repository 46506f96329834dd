import { podSecurityAttacks } from '#test/support/policy-attacks/pod-security.ts';

import { itRefuses } from './refusals.ts';

itRefuses(podSecurityAttacks);
