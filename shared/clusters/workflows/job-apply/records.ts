import { toOwnKey } from '#events/idempotency-key.ts';
import type { Command } from '#events/commands/index.ts';
import type { Job } from '#events/records/job.ts';
import { isTerminalOperation } from '#events/records/operation.ts';
import type { RolloutPhaseName, RolloutResult } from '#events/records/rollout.ts';
import { Fault, toFinalFault } from '#events/problems/problem.ts';
import { accept } from '#shared/clusters/commands/accept.ts';
import type { UseCase } from '#shared/clusters/commands/use-case.ts';
import { type StoredOperation, transitionOperation } from '#shared/clusters/model/operation.ts';
import { findRequest, type RequestOf } from '#shared/clusters/model/records/request.ts';
import type { Versioned } from '#shared/clusters/model/records/versioned.ts';
import { enterPhase, listRolloutEvents } from '#shared/clusters/model/rollout.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import type { ClusterRecords } from '#shared/clusters/ports/store.ts';
import { findKeyedOperation, getOperation } from '#shared/clusters/store/read.ts';
import { transact } from '#shared/clusters/store/transact.ts';

type AppliedJobs = NonNullable<RolloutResult['job']>;

/** The records of an apply of a job that is still in progress. */
export interface JobApplyRecords extends ClusterRecords {
  readonly operation: Versioned<StoredOperation>;
  readonly rollout: RolloutResult & { readonly job: AppliedJobs };
  readonly request: RequestOf<'apply-job'>['data'];
  /** The record of the old job. */
  readonly old: Versioned<Job>;
}

/** Whether an operation is an apply of a job, which the state machine of rollouts executes with steps of its own. */
export const isJobApply = async (operationId: string, { store }: Pick<Ports, 'store'>): Promise<boolean> =>
  (await getOperation(operationId, store)).value.kind === 'apply-job';

/** The records of an apply. Undefined when it has ended, or its session is no longer the RUNNING incarnation of the job. */
export const readJobApply = async (
  operationId: string,
  { store }: Pick<Ports, 'store'>,
): Promise<JobApplyRecords | undefined> => {
  const operation = await getOperation(operationId, store);
  const { rollout } = operation.value;
  const request = findRequest(operation.value, 'apply-job')?.data;
  if (isTerminalOperation(operation.value)) return undefined;
  if (request === undefined || rollout?.job === undefined)
    throw new Fault('internal', `Operation ${operationId} is no apply of a job.`);
  const { job } = rollout;
  const records = await store.clusterWithJobs(operation.value);
  const old = records?.jobs.find(({ value }) => value.jobId === job.from);
  if (records === undefined || old === undefined) return undefined;
  const { operationId: incarnation, state } = records.cluster.value;
  if (incarnation !== request.clusterOperationId || state !== 'RUNNING') return undefined;
  return { ...records, operation, rollout: { ...rollout, job }, request, old };
};

interface PhaseChange {
  readonly fields?: Partial<Omit<RolloutResult, 'job'>>;
  readonly job?: Partial<AppliedJobs>;
  /** The record of the old job after the change. */
  readonly changeOld?: (old: Job) => Job;
}

/** Records that the apply is in a phase. @returns Its records after that, as {@link readJobApply}. */
export const recordJobPhase = (
  operationId: string,
  phase: RolloutPhaseName,
  ports: Ports,
  { fields = {}, job = {}, changeOld }: PhaseChange = {},
): Promise<JobApplyRecords | undefined> =>
  transact<JobApplyRecords | undefined>(ports, async () => {
    const records = await readJobApply(operationId, ports);
    if (records === undefined) return { result: undefined };
    const { operation, rollout: before, old, cluster } = records;
    const now = ports.now();
    const rollout = { ...before, ...enterPhase(before, phase, now), ...fields, job: { ...before.job, ...job } };
    const next = transitionOperation(operation, { state: 'IN_PROGRESS', phase, fields: { rollout } }, now);
    const isNew = rollout.phases.length > before.phases.length;
    const changed = changeOld?.(old.value);
    return {
      change: {
        operations: [next],
        events: isNew ? listRolloutEvents(next.value, cluster.value) : [],
        ...(changed === undefined ? {} : { jobs: [{ value: changed, previous: old.version }] }),
      },
      result: {
        ...records,
        operation: { value: next.value, version: next.previous + 1 },
        rollout,
        old: changed === undefined ? old : { value: changed, version: old.version + 1 },
      },
    };
  });

/** The job with the mark that a later session starts it again. */
export const withStopMark = (job: Job): Job => ({ ...job, stoppedWithCluster: true });

/** The job without that mark. */
export const withoutStopMark = ({ stoppedWithCluster: _stoppedWithCluster, ...job }: Job): Job => job;

type OwnKind = 'stop-job' | 'cancel' | 'submit';

interface GivenCommand<K extends OwnKind> {
  readonly kind: K;
  readonly useCase: UseCase<K>;
  readonly data: Command<K>['data'];
  /** Names the command among those of the apply. */
  readonly name: string;
}

const toKey = (operationId: string, name: string) => toOwnKey('apply-job', operationId, name);

/** Gives a command of the apply. @returns The ID of its operation, or why it is refused. @throws Fault that is retryable. */
export const giveCommand = async <K extends OwnKind>(
  { operation: { value }, request }: JobApplyRecords,
  { kind, useCase, data, name }: GivenCommand<K>,
  ports: Ports,
): Promise<string | Fault> => {
  const { target, clusterId, operationId, principal } = value;
  const { clusterOperationId } = request;
  const key = toKey(operationId, name);
  const origin = 'reconciler' as const;
  const places = { target, clusterId, applyOperationId: operationId, clusterOperationId };
  // The members of each kind are the same, which the compiler does not infer.
  const command = { kind, ...places, data, key, origin, principal } as unknown as Command<K>;
  try {
    return (await accept(useCase, command, ports)).operation.operationId;
  } catch (error) {
    const fault = toFinalFault(error);
    return (await findGiven(value, name, ports))?.operationId ?? fault;
  }
};

/** The operation of a command that an earlier attempt of a step has given. */
export const findGiven = (
  { target, operationId }: StoredOperation,
  name: string,
  { store }: Ports,
): Promise<StoredOperation | undefined> => findKeyedOperation(target, toKey(operationId, name), store);
