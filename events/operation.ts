import * as z from 'zod';

import { Time } from './cluster.ts';
import { commandKinds } from './commands/index.ts';
import { Problem } from './problem.ts';

export const OperationState = z.enum(['QUEUED', 'PENDING', 'IN_PROGRESS', 'SUCCEEDED', 'FAILED', 'CANCELED']);

export type OperationState = z.infer<typeof OperationState>;

/** How a command ended, for those who wait for what it was to bring about. */
export const Verdict = z.enum(['FINISHED', 'FAILED', 'CANCELED']);

export type Verdict = z.infer<typeof Verdict>;

/** How far a deploy comes, in order; an image that is there already is not pulled. */
export const deployPhases = ['Scheduled', 'Pulling', 'Started', 'RestUp'] as const;

export const DeployPhase = z.strictObject({
  name: z.enum(deployPhases).meta({
    description:
      "Scheduled: the JobManager's pod has a node. Pulling: the node fetches its image. Started: its container runs. RestUp: Flink's REST API answers.",
  }),
  at: Time,
});

export type DeployPhase = Readonly<z.infer<typeof DeployPhase>>;

/** A job that a session starts again. */
export const RestoredJob = z
  .strictObject({
    jobId: z.string().meta({ description: 'Its id, and that of the submit which starts it.' }),
    name: z.string(),
    savepoint: z.string().optional().meta({ description: 'Without, it starts with no state.' }),
    formerJobId: z.string().meta({ description: 'What it was submitted as; its program is started again.' }),
  })
  .meta({ id: 'RestoredJob' });

export type RestoredJob = Readonly<z.infer<typeof RestoredJob>>;

export const Operation = z
  .strictObject({
    operationId: z.string(),
    kind: z.enum(commandKinds),
    target: z.string(),
    clusterId: z.string().meta({ description: 'Of a batch: its name.' }),
    jobId: z.string().optional(),
    state: OperationState,
    origin: z.enum(['http', 'queue', 'schedule', 'reconciler']),
    phase: z.string().optional().meta({ description: 'What it waits for, in words.' }),
    phases: z
      .array(DeployPhase)
      .optional()
      .meta({ description: 'Of a deploy: what it has reached, and when; by the clock of Kubernetes.' }),
    problem: Problem.optional(),
    position: z.int().min(1).optional().meta({ description: 'While it is QUEUED: its place in the line.' }),
    verdict: Verdict.optional().meta({
      description:
        'How what it started has ended: the program of an application, the job of a submit, all of a batch. A session is FINISHED when it is up; a cancel or stop when it is done.',
    }),
    verdictMessage: z.string().optional().meta({
      description: 'Why, where it did not finish: the root cause of a program that failed.',
    }),
    savepoint: z.string().optional().meta({ description: 'Where the savepoint is that it took.' }),
    checkpoint: z.int().optional().meta({ description: 'The number of the checkpoint that it took.' }),
    correlationId: z.string().optional().meta({ description: "The caller's own name for it; told with its verdict." }),
    restoredFrom: z
      .string()
      .optional()
      .meta({ description: 'The savepoint that it starts from, where it named a cluster.' }),
    restoredJobs: z.array(RestoredJob).optional().meta({
      description:
        'Of the deploy of a session: the jobs that it starts again. Their submits are there when it has SUCCEEDED.',
    }),
    batchId: z.string().optional().meta({ description: 'The batch that it is an element of.' }),
    batchIndex: z.int().min(0).optional(),
    createdAt: Time,
    startedAt: Time.optional().meta({ description: 'When its turn came, where it had waited for it.' }),
    updatedAt: Time,
    deadline: Time,
  })
  .meta({ id: 'Operation' });

export type Operation = Readonly<z.infer<typeof Operation>>;

const terminalOperationStates: ReadonlySet<OperationState> = new Set(['SUCCEEDED', 'FAILED', 'CANCELED']);

export const isTerminalOperation = (operation: Pick<Operation, 'state'>) =>
  terminalOperationStates.has(operation.state);
