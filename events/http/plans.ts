import * as z from 'zod';

import { deploy } from '../commands/deploy.ts';
import { ApplyOptions, snapshotOptions } from '../commands/rollouts.ts';
import { submit, UploadedJar } from '../commands/submit.ts';
import { SnapshotId } from '../names.ts';
import { FieldError } from '#events/problems/problem.ts';
import { ChangeClass } from '#events/records/rollout.ts';
import { Time } from '#events/records/time.ts';

/** A program to compute the job plan of (`flink info`). */
export const JobPlanRequest = z
  .strictObject({
    jar: UploadedJar,
    entryClass: submit.data.shape.entryClass,
    args: submit.data.shape.args,
    parallelism: submit.data.shape.parallelism,
  })
  .meta({ id: 'JobPlanRequest' });

export type JobPlanRequest = z.output<typeof JobPlanRequest>;

export const JobPlan = z
  .strictObject({ plan: z.unknown().meta({ description: "Flink's job plan: nodes and edges." }) })
  .meta({ id: 'JobPlan' });

/** The spec to plan, and how an apply would roll it out. */
export const PlanRequest = deploy.data
  .extend({
    rollout: ApplyOptions.optional().meta({
      description: 'The `rollout` of the apply that is planned. Default: that of an apply without one.',
    }),
    revision: z.int().min(1).optional().meta({
      description:
        'Number of a revision of `clusterId`. Values that Drey masks in its spec (`******`) may stay as they are: the plan takes those of the revision.',
      example: 3,
    }),
  })
  .refine(({ clusterId, revision }) => revision === undefined || clusterId !== undefined, {
    path: ['clusterId'],
    error: 'is required with `revision`: it is the cluster of the revision.',
  })
  .meta({ id: 'PlanRequest' });
export type PlanRequest = Readonly<z.output<typeof PlanRequest>>;

/** The configuration layers that a value may come from. */
const ConfigOrigin = z.enum(['folder', 'target', 'command', 'drey']);

const LastState = z.strictObject({
  path: z.string().optional().meta({
    description:
      'The last complete checkpoint now, or the snapshot that the job was started from, if it has completed none.',
  }),
  at: Time.optional().meta({ description: 'When Flink began the checkpoint.' }),
  ageSeconds: z.int().min(0).optional().meta({ description: 'Age of the checkpoint at the time of the plan.' }),
  refusal: z.string().optional().meta({ description: 'Why there would be no such state.' }),
});
export type LastState = Readonly<z.infer<typeof LastState>>;

const RestorableSnapshot = z.strictObject({
  snapshotId: SnapshotId,
  kind: z.enum(['savepoint', 'checkpoint']),
  path: z.string(),
  at: Time.meta({ description: 'When the snapshot was complete.' }),
  ageSeconds: z.int().min(0).meta({ description: 'Age of the snapshot at the time of the plan.' }),
});
export type RestorableSnapshot = Readonly<z.infer<typeof RestorableSnapshot>>;

const StateSource = z.strictObject({
  source: z.enum(['running', 'savepoint', 'last-state', 'snapshot', 'restore', 'high-availability', 'none']).meta({
    description:
      'running: the jobs continue. savepoint: the rollout stops each job with a savepoint. last-state: the rollout takes the last complete checkpoint of each job. snapshot: nothing runs, and the next incarnation starts from `path`, or a session with the jobs that it was suspended with. restore: `restore` of the spec, or an option with the same meaning, names the state. high-availability: nothing runs, and Flink recovers the jobs from the data that an earlier incarnation has left. none: the next incarnation starts without state.',
  }),
  kind: z.string().optional(),
  path: z.string().optional(),
  dropped: z.literal(true).optional().meta({
    description: 'The cluster has state, and the apply drops it, because `state` of `rollout` is none.',
  }),
  fallback: snapshotOptions.fallback.meta({
    description: 'What the apply does when there is no such state. none: the state is dropped. Absent: it fails.',
  }),
  at: Time.optional().meta({ description: 'When the snapshot was recorded.' }),
  ageSeconds: z.int().min(0).optional().meta({ description: 'Age of the snapshot at the time of the plan.' }),
  lastState: LastState.optional().meta({
    description:
      'Of a running application: what an apply with `state: last-state` would start from. Absent: Flink does not answer, or the state is dropped.',
  }),
  newest: RestorableSnapshot.optional().meta({
    description:
      'Of an application that has ended, and would start without state: the newest snapshot of the ID that `job.restore` could name.',
  }),
});
export type StateSource = Readonly<z.infer<typeof StateSource>>;

const PlannedChange = z.strictObject({
  pointer: z.string().meta({
    description: 'JSON pointer: a member of the deploy, or `/config/KEY` for an option of the complete configuration.',
    example: '/job/parallelism',
  }),
  old: z.unknown().optional().meta({ description: 'Absent: the current revision does not have it.' }),
  new: z.unknown().optional().meta({ description: 'Absent: the new spec does not have it.' }),
  from: ConfigOrigin.meta({ description: 'Source of the new value, or of the old value if it is removed.' }),
});
export type PlannedChange = Readonly<z.infer<typeof PlannedChange>>;

/** What an apply of the planned spec would change. */
const Changes = z.strictObject({
  revision: z.int().min(1).meta({ description: 'Number of the current revision, which the spec is compared with.' }),
  unchanged: z.boolean().meta({ description: 'Whether an apply would do nothing, because the spec is the same.' }),
  class: ChangeClass.meta({
    description:
      'The least that the changes need. none: only labels (but that of the team), the lifetime, the snapshot policy or `onFailure` change, and an apply writes the record of the cluster only. rescale: only the parallelism of an application with one job and the adaptive scheduler changes besides, and an apply rescales the running job. restart: an apply restarts the cluster with its state.',
  }),
  changes: z.array(PlannedChange),
});
export type Changes = Readonly<z.infer<typeof Changes>>;

/** The dry run of a deploy. */
export const Plan = z
  .strictObject({
    clusterId: z.string(),
    objects: z.array(z.unknown()).meta({
      description:
        'Kubernetes objects in order of creation, with `******` for the content of files, Secrets and environment variables, and for commands and their arguments. A deploy adds an annotation and options that name its operation.',
    }),
    config: z
      .record(
        z.string(),
        z.strictObject({
          value: z.union([z.string(), z.number(), z.boolean(), z.array(z.string())]),
          from: ConfigOrigin,
        }),
      )
      .meta({
        description:
          "The cluster's complete configuration with the source of each value. `******` stands for a value that may be a secret.",
      }),
    warnings: z.array(z.string()),
    dryRun: z
      .enum(['passed', 'refused', 'not-tried'])
      .meta({ description: 'Result of the server-side dry run on the API server of the target.' }),
    errors: z.array(FieldError).meta({ description: 'Why the API server refused the objects or was not called.' }),
    digest: z.string().meta({
      description:
        '`planDigest` of an apply. Another spec, another current revision, other settings of the target, and another `state`, `fallback`, `allowNonRestoredState` or `restart` of `rollout` have another one.',
    }),
    state: StateSource.meta({ description: 'Where the state comes from after an apply.' }),
    changes: Changes.optional().meta({
      description:
        'What an apply would change. Absent if no live cluster has the ID, or if the spec of its revision is not stored. Both specs are compared with the settings that the target has now.',
    }),
  })
  .meta({ id: 'Plan' });

export type Plan = z.infer<typeof Plan>;
