import type { CommandData, StopData, SubmitData } from '#events/commands/index.ts';
import type { DeployPhase, Operation, OperationState } from '#events/operation.ts';
import type { Problem } from '#events/problem.ts';
import type { Restore } from '#events/commands/program.ts';

import type { Versioned } from './records.ts';

interface Before {
  /** The latest savepoint of the job when the command came. */
  readonly savepointBefore?: string | undefined;
}

/** What a state machine needs later of the command behind an operation. */
export type Plan =
  | {
      readonly deploy: Pick<CommandData<'deploy'>, 'onFailure'> & {
        /** It waited in line: what was asked for is in its draft. */
        readonly drafted?: true | undefined;
        /** How the jobs that a session starts again are restored. */
        readonly restore?: Pick<Restore, 'allowNonRestoredState' | 'claimMode'> | undefined;
      };
    }
  | { readonly submit: SubmitData }
  | { readonly batch: { readonly size: number } }
  | ({ readonly savepoint: CommandData<'savepoint'> } & Before)
  | { readonly checkpoint: CommandData<'checkpoint'> }
  | ({ readonly 'stop-job': CommandData<'stop-job'> } & Before)
  | { readonly 'dispose-savepoint': CommandData<'dispose-savepoint'> }
  | {
      readonly stop: StopData;
      /** Until then the deploy that was overtaken may still create objects. */
      readonly settled?: string | undefined;
    };

export type StoredOperation = Operation & {
  readonly plan?: Plan | undefined;
  /** Of the Step Functions task that waits for the verdict. */
  readonly taskToken?: string | undefined;
};

/** What a function takes at the most behind an HTTP request or a message, and the API server for one request of it. */
const maxInFlightMs = 60_000;

/** Until when a process that read the records at that time may still do what they allowed it to. */
export const requestsInFlightUntil = (at: Date): string => new Date(at.getTime() + maxInFlightMs).toISOString();

type NewOperation = Omit<StoredOperation, 'state' | 'createdAt' | 'updatedAt' | 'deadline'>;

/** An operation as it begins: nothing is done yet, and by its deadline it has to be over. One that waits is QUEUED until its turn comes. */
export const newOperation = (fields: NewOperation, deadlineMs: number, now: Date): StoredOperation => ({
  ...fields,
  state: 'PENDING',
  createdAt: now.toISOString(),
  updatedAt: now.toISOString(),
  deadline: new Date(now.getTime() + deadlineMs).toISOString(),
});

/** Whether the objects of a deploy stay when it fails: its cluster is there to be looked at. */
export const keepsFailedObjects = ({ plan }: StoredOperation): boolean =>
  plan !== undefined && 'deploy' in plan && plan.deploy.onFailure === 'keep';

/** An operation as callers see it. */
export const toPublic = ({ plan: _plan, taskToken: _taskToken, ...operation }: StoredOperation): Operation => operation;

interface Progress {
  readonly state: OperationState;
  readonly phase?: string | undefined;
  readonly phases?: readonly DeployPhase[] | undefined;
  readonly problem?: Problem | undefined;
}

/** The operation as it is after a step. What it waited for is over when it is. */
export const transitionOperation = (
  { value, version }: Versioned<StoredOperation>,
  { state, phase, phases = [], problem }: Progress,
  now: Date,
) => {
  const { phase: _phase, ...rest } = value;
  const next: StoredOperation = {
    ...rest,
    state,
    updatedAt: now.toISOString(),
    ...(phase === undefined ? {} : { phase }),
    ...(phases.length === 0 ? {} : { phases: [...phases] }),
    ...(problem === undefined ? {} : { problem }),
  };
  return { value: next, previous: version };
};
