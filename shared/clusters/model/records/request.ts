import * as z from 'zod';

import { commands } from '#events/commands/index.ts';
import { JobRolloutOptions } from '#events/commands/apply-job.ts';
import { ClusterLifetime } from '#events/lifetime.ts';
import { RolloutOptions } from '#events/commands/rollouts.ts';
import { rolloutKinds, Snapshot } from '#events/records/rollout.ts';
import { RestoreOptions } from '#events/programs/program.ts';

/** Until this time the API server may still create objects of the deploy, or of the deploy that the stop superseded. */
const createsUntil = z.string().optional();

const DeployRequest = z.strictObject({
  kind: z.literal('deploy'),
  data: z.strictObject({
    onFailure: commands.deploy.data.shape.onFailure,
    /** The deploy was queued, so its body is stored as a payload. */
    hasPayload: z.literal(true).optional(),
    /** How the restored jobs of a session use their savepoints. */
    restore: RestoreOptions.optional(),
  }),
  createsUntil,
});

const StopRequest = z.strictObject({
  kind: z.literal('stop'),
  data: commands.stop.data,
  /** The rollout that gave the stop, the state of the cluster after it, and the snapshot or the jobs to keep. */
  rollout: z
    .strictObject({
      operationId: z.string(),
      end: z.enum(['UPGRADING', 'SUSPENDED']),
      requiresSnapshot: z.literal(true).optional(),
      lastState: z.literal(true).optional(),
      hasFallback: z.literal(true).optional(),
      snapshot: Snapshot.optional(),
      jobsFrom: z.string().optional(),
    })
    .optional(),
  createsUntil,
});

/** The command that holds capacity, and by how much its operation changes its demand. */
const CapacityChange = z.strictObject({ operationId: z.string(), cpu: z.number(), memoryMebibytes: z.int() });
export type CapacityChange = Readonly<z.output<typeof CapacityChange>>;

/** A spec of a revision: the deploy that stored it, and its number. */
const SpecSource = z.strictObject({ operationId: z.string(), number: z.int().optional() });

const RolloutRequest = z.strictObject({
  kind: z.enum(rolloutKinds),
  data: z.strictObject({
    options: RolloutOptions,
    /** The incarnation that the rollout ends, or whose state it starts from. Absent: the ID had none with state. */
    from: z
      .strictObject({
        operationId: z.string(),
        mode: z.enum(['session', 'application']),
        /** The cluster was SUSPENDED, so that there is nothing to stop. */
        suspended: z.literal(true).optional(),
        snapshot: Snapshot.optional(),
        /** The lifetime that the incarnation had when the rollout ended it. */
        lifetime: ClusterLifetime.optional(),
      })
      .optional(),
    /** The spec to deploy. Absent: the rollout suspends the cluster. */
    spec: SpecSource.optional(),
    /** The revision to return to. Absent: there is none that was stable. */
    stable: SpecSource.optional(),
    /** What the new revision needs more than the old incarnation, which holds it until it ends. */
    capacity: CapacityChange.optional(),
    priority: z.int().optional(),
    deadline: z.string().optional(),
    /**
     * The rollout waits for the end of another one, and is planned then: what its command asks for, besides the options. The
     * spec of an apply is stored under its operation.
     */
    waiting: z
      .strictObject({
        restart: z.literal(true).optional(),
        planDigest: z.string().optional(),
        ifRevision: z.int().optional(),
        /** Of a rollback: the revision that it goes back to, which is found when its command is accepted. */
        to: z.int().optional(),
        allowFailed: z.literal(true).optional(),
      })
      .optional(),
    /** The running job gets this parallelism, and nothing restarts. */
    rescale: z.strictObject({ jobId: z.string(), parallelism: z.int() }).optional(),
  }),
});

const { args, config, sql, ...submitShape } = commands.submit.data.shape;

/** The part of a submit that may hold secrets. It is a payload, which the bucket keeps as long as the jar of the job. */
export const SubmitPayload = z.strictObject({ args, config, sql });

/** The apply of a job that gave the command. */
const applyOperationId = z.string().optional();

const { jar, entryClass, parallelism, restore, deadline } = submitShape;

const ApplyJobRequest = z.strictObject({
  kind: z.literal('apply-job'),
  data: z.strictObject({
    options: JobRolloutOptions,
    /** The incarnation of the session that the job runs on. */
    clusterOperationId: z.string(),
    /** The submit of the old job. */
    submitId: z.string(),
    /** The new job. Its arguments, options and script are a payload. */
    program: z.strictObject({ jar, entryClass, parallelism, restore }),
    /** The latest start of the new job. */
    deadline,
  }),
});

/** The least and the largest parallelism of each vertex of a job, sorted by the ID of the vertex. */
const Requirements = z.array(z.strictObject({ vertex: z.string(), min: z.int(), max: z.int() }));

const RescaleRequest = z.strictObject({
  kind: z.literal('rescale'),
  data: commands.rescale.data,
  /** What the job required when the command was recorded. A rescale that fails restores it. */
  before: Requirements,
  after: Requirements,
  /** By when the job has to run with its new parallelism, in ISO 8601. */
  until: z.string(),
  /** The command that holds the capacity of the job. */
  capacity: CapacityChange.optional(),
});

/** The latest savepoint of the job when the command was recorded. */
const savepointBefore = z.string().optional();

/**
 * What the workflow of an operation needs of its command. The body of a deploy, and the arguments, options and script of
 * a submit, are not in the table, because they may hold secrets.
 */
export const OperationRequest = z.discriminatedUnion('kind', [
  DeployRequest,
  StopRequest,
  z.strictObject({ kind: z.literal('savepoint'), data: commands.savepoint.data, savepointBefore }),
  z.strictObject({ kind: z.literal('stop-job'), data: commands['stop-job'].data, savepointBefore, applyOperationId }),
  z.strictObject({
    kind: z.literal('submit'),
    data: z.strictObject(submitShape),
    applyOperationId,
    /** The only incarnation of the session on which the job may start. */
    clusterOperationId: z.string().optional(),
  }),
  z.strictObject({ kind: z.literal('batch'), data: z.strictObject({ size: z.int() }) }),
  z.strictObject({ kind: z.literal('checkpoint'), data: commands.checkpoint.data, savepointBefore }),
  z.strictObject({ kind: z.literal('dispose-savepoint'), data: commands['dispose-savepoint'].data }),
  RolloutRequest,
  z.strictObject({
    kind: z.literal('dispose-snapshot'),
    data: commands['dispose-snapshot'].data,
    /** Path of the snapshot. */
    path: z.string(),
  }),
  RescaleRequest,
  ApplyJobRequest,
]);
export type OperationRequest = Readonly<z.output<typeof OperationRequest>>;

/** The request of one kind of operation. */
export type RequestOf<K extends OperationRequest['kind']> = Extract<OperationRequest, { readonly kind: K }>;

export type RolloutRequest = Readonly<z.output<typeof RolloutRequest>>;

/** The request of a rollout, or undefined for an operation of another kind. */
export const findRolloutRequest = ({
  request,
}: {
  readonly request?: OperationRequest | undefined;
}): RolloutRequest | undefined =>
  // The compiler does not narrow a union by a kind that is a list of kinds.
  rolloutKinds.some((kind) => kind === request?.kind) ? (request as RolloutRequest) : undefined;

/** The request of an operation, if it is of one of these kinds. */
export const findRequest = <K extends OperationRequest['kind']>(
  { request }: { readonly request?: OperationRequest | undefined },
  ...kinds: readonly K[]
): RequestOf<K> | undefined =>
  // Comparing the kind narrows the request, which the compiler does not infer for a list of kinds.
  kinds.some((kind) => kind === request?.kind) ? (request as RequestOf<K>) : undefined;
