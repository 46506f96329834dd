import * as z from 'zod';

import { Duration, stopOptions } from '../lifetime.ts';
import { queueOptions } from '#events/programs/program.ts';
import { defineCommand } from './define.ts';
import { deploy } from './deploy.ts';

/** How a rollout keeps the state of the jobs when it ends an incarnation. */
export const snapshotOptions = {
  state: z.enum(['savepoint', 'last-state', 'none']).default('savepoint').meta({
    description:
      'The state that the next incarnation starts from. savepoint: each job is stopped with a savepoint. If that fails, the cluster keeps running, and the rollout fails. last-state: the last complete checkpoint of each job, also of one that restarts all the time. none: the state is dropped.',
  }),
  fallback: z.enum(['last-state', 'none']).optional().meta({
    description:
      'What happens when there is no such state. last-state: after a failed savepoint, the rollout takes the last complete checkpoint. none: the state is dropped. Default: the cluster keeps running, and the rollout fails.',
  }),
  savepointDirectory: stopOptions.savepointDirectory,
};

export const verificationOptions = {
  allowNonRestoredState: z.boolean().default(false).meta({
    description:
      'Drop state of operators that the new program no longer has, as `execution.state-recovery.ignore-unclaimed-state` does.',
  }),
  stableWithin: Duration.default('5min').meta({
    description:
      'How long the new incarnation is watched from when it is RUNNING. It is stable if all tasks run at the end of this time, a checkpoint was completed where checkpointing is on, and the jobs were restarted at most `maxRestarts` times.',
    example: '5min',
  }),
  maxRestarts: z.int().min(0).max(1_000).default(0).meta({
    description: 'How many times Flink may restart a job within `stableWithin`.',
  }),
  onFailure: z.enum(['rollback', 'keep']).default('rollback').meta({
    description:
      'What happens when the new incarnation does not start or is not stable. rollback: it is removed, and the last stable revision starts from the same state. Without one, the cluster is SUSPENDED with its state. keep: an incarnation that is RUNNING continues to run. One that does not start is removed, and the cluster is SUSPENDED with its state. A new cluster stays as it is in either case.',
  }),
};

const callerOptions = { correlationId: queueOptions.correlationId, taskToken: queueOptions.taskToken };

const ifRevision = z.int().min(1).optional().meta({
  description:
    'The command is refused (`revision-mismatch`) unless this is the current revision of the cluster ID. The header `If-Match` sets it as well.',
});

/** How a rollout keeps state, verifies the new revision, and what follows when that is not stable. */
export const RolloutOptions = z.strictObject({ ...snapshotOptions, ...verificationOptions });
export type RolloutOptions = Readonly<z.output<typeof RolloutOptions>>;

/** The options of a rollout that names none. */
export const defaultRolloutOptions: RolloutOptions = RolloutOptions.parse({});

/** How an apply changes a running cluster. */
export const ApplyOptions = RolloutOptions.extend({
  restart: z.boolean().default(false).meta({
    description:
      'Restart the cluster also for a change that needs no restart, such as one of labels, or of the parallelism with the adaptive scheduler.',
  }),
});

export type ApplyOptions = Readonly<z.output<typeof ApplyOptions>>;

/** The options of an apply that names none. */
export const defaultApplyOptions: ApplyOptions = ApplyOptions.parse({});

export const apply = defineCommand({
  kind: 'apply',
  function: 'rollouts',
  workflow: 'rollout',
  route: 'PUT /v1/targets/{target}/clusters/{clusterId}',
  summary: 'Make a cluster run this spec. A running cluster keeps its state.',
  data: deploy.data
    .omit({ dependsOn: true })
    .extend({
      rollout: ApplyOptions.default(defaultApplyOptions),
      planDigest: z
        .string()
        .regex(/^[0-9a-f]{64}$/, 'The digest of a plan has 64 hexadecimal digits.')
        .optional()
        .meta({
          description:
            'The `digest` of a plan. The command is refused (`plan-mismatch`) unless it would do what that plan showed.',
        }),
      ifRevision,
    })
    .meta({ id: 'Apply' }),
});

export const rollback = defineCommand({
  kind: 'rollback',
  function: 'rollouts',
  workflow: 'rollout',
  route: 'POST /v1/targets/{target}/clusters/{clusterId}/rollback',
  summary: 'Make a cluster run the spec of an earlier revision. It keeps its state.',
  data: z
    .strictObject({
      to: z.int().min(1).optional().meta({
        description:
          'Number of the revision. Default: the last stable revision whose spec differs from that of the current one, or from that which the rollout in progress brings.',
      }),
      allowFailed: z.boolean().default(false).meta({
        description: 'Also go back to a revision that failed. Otherwise it is refused.',
      }),
      ...snapshotOptions,
      ...verificationOptions,
      ifRevision,
      ...callerOptions,
    })
    .meta({ id: 'Rollback' }),
});

export const restart = defineCommand({
  kind: 'restart',
  function: 'rollouts',
  workflow: 'rollout',
  route: 'POST /v1/targets/{target}/clusters/{clusterId}/restart',
  summary: 'Start a cluster again with the same spec. It keeps its state.',
  data: z
    .strictObject({ ...snapshotOptions, ...verificationOptions, ifRevision, ...callerOptions })
    .meta({ id: 'Restart' }),
});

export const suspend = defineCommand({
  kind: 'suspend',
  function: 'rollouts',
  workflow: 'rollout',
  route: 'POST /v1/targets/{target}/clusters/{clusterId}/suspend',
  summary: 'End a cluster, and keep its spec and its state. It takes no capacity.',
  data: z.strictObject({ ...snapshotOptions, ifRevision, ...callerOptions }).meta({ id: 'Suspend' }),
});

export const resume = defineCommand({
  kind: 'resume',
  function: 'rollouts',
  workflow: 'rollout',
  route: 'POST /v1/targets/{target}/clusters/{clusterId}/resume',
  summary: 'Start a suspended cluster from its state.',
  data: z.strictObject({ ...verificationOptions, ifRevision, ...callerOptions }).meta({ id: 'Resume' }),
});
