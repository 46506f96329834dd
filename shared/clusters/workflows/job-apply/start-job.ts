import type { SubmitData } from '#events/commands/index.ts';
import type { Job } from '#events/records/job.ts';
import { Fault, toFinalFault } from '#events/problems/problem.ts';
import { submit } from '#shared/clusters/commands/submit.ts';
import { maxPriority } from '#shared/clusters/model/admission/ready-key.ts';
import { omitUndefined } from '#shared/clusters/model/omit-undefined.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import { findProgram, readSubmit, readSubmitPayload } from '#shared/clusters/restore/program.ts';
import { getOperation } from '#shared/clusters/store/read.ts';
import {
  problemToFailure,
  type RolloutState,
  toFailure,
  toNext,
  waitForStart,
} from '#shared/clusters/workflows/rollout/rollout-state.ts';
import { withoutRestore } from '#shared/flink/option-names/restore.ts';

import { giveCommand, type JobApplyRecords, readJobApply, recordJobPhase, withoutStopMark } from './records.ts';

/** A job whose predecessor has ended starts before all others that wait. */
const priority = maxPriority;

/** Step of the rollout machine for a job: submits the new job from the state of the old one, and waits until Flink lists it. */
export const startJob = async (state: RolloutState, ports: Ports): Promise<RolloutState> => {
  const records =
    state.deployId === undefined
      ? await recordJobPhase(state.operationId, 'Starting', ports)
      : await readJobApply(state.operationId, ports);
  if (records === undefined) return toNext(state, 'over');
  const next = await followSubmit(state, { records, name: 'submit' }, ports);
  if (next.outcome !== 'done') return next;
  const changeOld = (old: Job) => toReplaced(old, state.deployId);
  const verifying = await recordJobPhase(state.operationId, 'Verifying', ports, { changeOld });
  return verifying === undefined ? toNext(state, 'over') : next;
};

/**
 * Step of the rollout machine for a job: submits the old program again from the same state, and waits until Flink lists its
 * job.
 */
export const startOldJob = async (state: RolloutState, ports: Ports): Promise<RolloutState> => {
  const records = await readJobApply(state.operationId, ports);
  if (records === undefined) return toNext(state, 'over');
  const next = await followSubmit(state, { records, name: 'stable' }, ports);
  if (next.outcome !== 'done') return next;
  const recorded = await recordJobPhase(state.operationId, records.rollout.phase, ports, {
    job: omitUndefined({ rolledBackTo: state.stableId }),
    changeOld: (old) => toReplaced(old, state.stableId),
  });
  return recorded === undefined ? toNext(state, 'over') : next;
};

/** The old job after another one has started from its savepoint: no later session starts it again. */
const toReplaced = (old: Job, replacedBy: string | undefined): Job => ({
  ...withoutStopMark(old),
  ...omitUndefined({ replacedBy }),
});

/** Where the state of the machine has each submit, and why it failed. */
const membersOf = {
  submit: { id: 'deployId', failure: 'failure' },
  stable: { id: 'stableId', failure: 'rollbackFailure' },
} as const;

interface GivenSubmit {
  readonly records: JobApplyRecords;
  /** Names the submit among the commands of the apply. */
  readonly name: keyof typeof membersOf;
}

/** Gives a submit, and looks whether its job has started. The ID of the operation is that of the job. */
const followSubmit = async (state: RolloutState, given: GivenSubmit, ports: Ports): Promise<RolloutState> => {
  const members = membersOf[given.name];
  const submitId = state[members.id];
  if (submitId === undefined) {
    const jobId = await giveSubmit(given, ports);
    if (jobId instanceof Fault) return toNext(state, 'failed', { [members.failure]: toFailure(jobId) });
    const { phase } = given.records.rollout;
    const job = given.name === 'submit' ? { to: jobId } : {};
    const recorded = await recordJobPhase(state.operationId, phase, ports, { job });
    return toNext(state, recorded === undefined ? 'over' : 'waiting', { [members.id]: jobId });
  }
  const { value: started } = await getOperation(submitId, ports.store);
  if (started.state === 'CANCELED') return toNext(state, 'canceled');
  if (started.state === 'FAILED')
    return toNext(state, 'failed', { [members.failure]: problemToFailure(started.problem, 'The job did not start.') });
  return started.state === 'SUCCEEDED' ? toNext(state, 'done') : waitForStart(started, state);
};

const giveSubmit = async ({ records, name }: GivenSubmit, ports: Ports): Promise<string | Fault> => {
  try {
    const program = name === 'submit' ? await readApplied(records, ports) : await readOld(records, ports);
    const data = withSnapshot(program, records, name);
    return await giveCommand(records, { kind: 'submit', useCase: submit, data, name }, ports);
  } catch (error) {
    return toFinalFault(error);
  }
};

/** The submit of the new job. @throws Fault `not-found` when its arguments are no longer stored. */
export const readApplied = async (
  { operation, request: { program, deadline } }: Pick<JobApplyRecords, 'operation' | 'request'>,
  ports: Ports,
): Promise<SubmitData> => ({
  ...program,
  ...(await readSubmitPayload(operation.value.operationId, ports)),
  ...omitUndefined({ deadline }),
  priority,
  dependsOn: [],
});

/** The submit of the old job, without what was meant for that command only. @throws Fault `not-found` */
const readOld = async ({ request: { submitId } }: JobApplyRecords, ports: Ports): Promise<SubmitData> => {
  const program = findProgram((await ports.store.operation(submitId))?.value);
  if (program === undefined) throw new Fault('not-found', 'The submit of the old job is no longer stored.');
  const {
    deadline: _deadline,
    correlationId: _correlationId,
    restore: _restore,
    ...old
  } = await readSubmit(submitId, program, ports);
  return { ...old, config: withoutRestore(old.config), priority, dependsOn: [] };
};

/**
 * The submit with the savepoint that the old job has ended with. Flink does not take ownership of it, because a rollback
 * starts from the same one. Without a savepoint, the caller has dropped the state, and may have named another one.
 */
const withSnapshot = (
  data: SubmitData,
  { rollout: { snapshot }, request: { options } }: JobApplyRecords,
  name: GivenSubmit['name'],
): SubmitData => {
  if (snapshot === undefined) return data;
  const { restore: _restore, ...program } = data;
  const use = name === 'submit' && options.allowNonRestoredState ? { allowNonRestoredState: true } : {};
  return {
    ...program,
    config: withoutRestore(program.config),
    restore: { path: snapshot.path, claimMode: 'NO_CLAIM', ...use },
  };
};
