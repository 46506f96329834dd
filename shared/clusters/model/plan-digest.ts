import { createHash } from 'node:crypto';

import type { ApplyOptions } from '#events/commands/rollouts.ts';
import { RevisionSpec } from '#events/records/revisions.ts';
import type { ChangeClass } from '#events/records/rollout.ts';

import { toCanonicalJson, withoutDefaults } from './canonical.ts';

interface PlannedApply {
  /** With its cluster ID and the state that it names, which no digest of a revision has. */
  readonly spec: RevisionSpec;
  /** The current revision of the cluster ID. Undefined: the ID has none. */
  readonly revision: number | undefined;
  /** The revision of the target, whose defaults and policy the plan has used. */
  readonly targetRevision: string | undefined;
  /** Undefined: nothing is known of what the ID runs, or it runs nothing. */
  readonly changeClass: ChangeClass | undefined;
  /** The options of the rollout that decide what becomes of the state. */
  readonly rollout: Pick<ApplyOptions, 'state' | 'fallback' | 'allowNonRestoredState' | 'restart'>;
}

/** SHA-256 of what an apply was planned for. An apply with another digest would do something else than the plan showed. */
export const computePlanDigest = ({ spec, revision, targetRevision, changeClass, rollout }: PlannedApply): string => {
  const { state, fallback, allowNonRestoredState, restart } = rollout;
  const options = { state, fallback, allowNonRestoredState, restart };
  return createHash('sha256')
    .update(toCanonicalJson([withoutDefaults(RevisionSpec, spec), revision, targetRevision, changeClass, options]))
    .digest('hex');
};
