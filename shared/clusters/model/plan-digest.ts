import { createHash } from 'node:crypto';

import type { ApplyOptions } from '#events/commands/rollouts.ts';
import type { Cluster } from '#events/records/cluster.ts';
import { RevisionSpec } from '#events/records/revisions.ts';
import type { ChangeClass } from '#events/records/rollout.ts';
import type { NamedTarget } from '#events/records/target.ts';

import { toCanonicalJson, withoutDefaults } from './canonical.ts';

/** What a plan and the apply that follows it have in common. */
export interface PlanSubject {
  /** With its cluster ID and the state that it names, which no digest of a revision has. */
  readonly spec: RevisionSpec;
  /** The cluster that has the ID. Undefined: the ID never had one. */
  readonly cluster: Pick<Cluster, 'revision'> | undefined;
  /** The target, whose defaults and policy the plan has used. */
  readonly target: Pick<NamedTarget, 'revision'>;
  /** Undefined: nothing is known of what the ID runs, or it runs nothing. */
  readonly compared: { readonly class: ChangeClass } | undefined;
  /** The options of the rollout that decide what becomes of the state. */
  readonly rollout: Pick<ApplyOptions, 'state' | 'fallback' | 'allowNonRestoredState' | 'restart'>;
}

/** SHA-256 of what an apply was planned for. An apply with another digest would do something else than the plan showed. */
export const computePlanDigest = ({ spec, cluster, target, compared, rollout }: PlanSubject): string => {
  const { state, fallback, allowNonRestoredState, restart } = rollout;
  const options = { state, fallback, allowNonRestoredState, restart };
  return createHash('sha256')
    .update(
      toCanonicalJson([
        withoutDefaults(RevisionSpec, spec),
        cluster?.revision,
        target.revision,
        compared?.class,
        options,
      ]),
    )
    .digest('hex');
};
