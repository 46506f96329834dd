import * as z from 'zod';

import { RolloutResult } from './rollout.ts';
import { Time } from './time.ts';
import { commandKinds } from '#events/commands/index.ts';
import { Principal } from '#events/principal.ts';
import { Problem } from '#events/problems/problem.ts';

export const OperationState = z.enum(['QUEUED', 'PENDING', 'IN_PROGRESS', 'SUCCEEDED', 'FAILED', 'CANCELED']);

export type OperationState = z.infer<typeof OperationState>;

/** How a command ended, for callers that wait for its result. */
export const Verdict = z.enum(['FINISHED', 'FAILED', 'CANCELED']);

export type Verdict = z.infer<typeof Verdict>;

/** The phases of a deploy, in order. A node that has the image skips Pulling. */
export const deployPhases = ['Scheduled', 'Pulling', 'Started', 'RestUp'] as const;

export const DeployPhase = z.strictObject({
  name: z.enum(deployPhases).meta({
    description:
      "Scheduled: the JobManager's pod has a node. Pulling: the node pulls the image. Started: the container runs. RestUp: Flink's REST API responds.",
  }),
  at: Time,
});

export type DeployPhase = Readonly<z.infer<typeof DeployPhase>>;

/** A job that the deploy of a session submits again. */
export const RestoredJob = z
  .strictObject({
    jobId: z.string().meta({ description: 'ID of the restored job and of its submit operation.' }),
    name: z.string(),
    savepoint: z.string().optional().meta({ description: 'Absent if the job starts with empty state.' }),
    formerJobId: z.string().meta({ description: 'ID of the job whose program is submitted again.' }),
  })
  .meta({ id: 'RestoredJob' });

export type RestoredJob = Readonly<z.infer<typeof RestoredJob>>;

export const Operation = z
  .strictObject({
    operationId: z.string(),
    kind: z.enum(commandKinds),
    target: z.string(),
    clusterId: z.string().meta({ description: 'Of a batch: the name of the batch.' }),
    jobId: z.string().optional(),
    state: OperationState,
    origin: z.enum(['http', 'queue', 'schedule', 'reconciler']),
    principal: Principal,
    redrivenBy: Principal.optional().meta({ description: 'Who redrove the command, if it was a dead letter.' }),
    phase: z.string().optional().meta({ description: 'Current progress, in human-readable form.' }),
    phases: z
      .array(DeployPhase)
      .optional()
      .meta({ description: 'Completed phases of a deploy, with the timestamps from Kubernetes.' }),
    problem: Problem.optional(),
    position: z
      .int()
      .min(1)
      .optional()
      .meta({ description: 'Position in the admission queue while the operation is QUEUED.' }),
    verdict: Verdict.optional().meta({
      description:
        'How the command ended: the program of an application, the job of a submit, all items of a batch. A session is FINISHED when it runs. A cancel or stop is FINISHED when it is complete.',
    }),
    verdictMessage: z.string().optional().meta({
      description: 'Why the verdict is not FINISHED, for example the root cause of a failed program.',
    }),
    warnings: z.array(z.string()).optional().meta({
      description:
        'Settings of the command that are valid and probably not intended, or what a stop with `ha: purge` could not delete.',
    }),
    savepoint: z.string().optional().meta({ description: 'Path of the savepoint that the operation took.' }),
    checkpoint: z.int().optional().meta({ description: 'Number of the checkpoint that the operation took.' }),
    correlationId: z
      .string()
      .optional()
      .meta({ description: "The caller's correlation ID. It is in the event of the verdict." }),
    restoredFrom: z.string().optional().meta({
      description:
        'Path of the savepoint or checkpoint that the program starts from: of `restore`, or of execution.state-recovery.path.',
    }),
    restoredJobs: z.array(RestoredJob).optional().meta({
      description:
        'Of a session with `restore`: the jobs to submit again. Their submit operations exist when this operation has SUCCEEDED.',
    }),
    rollout: RolloutResult.optional().meta({ description: 'Of a rollout: its phases and its result.' }),
    batchId: z.string().optional().meta({ description: 'The batch of this item.' }),
    batchIndex: z.int().min(0).optional(),
    createdAt: Time,
    startedAt: Time.optional().meta({ description: 'When the command was admitted, if it was queued.' }),
    updatedAt: Time,
    deadline: Time,
  })
  .meta({ id: 'Operation' });

export type Operation = Readonly<z.infer<typeof Operation>>;

const terminalOperationStates: ReadonlySet<OperationState> = new Set(['SUCCEEDED', 'FAILED', 'CANCELED']);

export const isTerminalOperation = (operation: Pick<Operation, 'state'>) =>
  terminalOperationStates.has(operation.state);
