import { isTerminalOperation } from '#events/records/operation.ts';
import type { StoredOperation } from '#shared/clusters/model/operation.ts';
import { findRequest } from '#shared/clusters/model/records/request.ts';
import type { ModelWorld } from '#test/faults/world.ts';

import { listJobs, listOperations } from './stored.ts';

/** What holds for every apply of a job: one job of it runs at a time, no lost state, and a named end. */
export const checkJobApplies = (world: ModelWorld): readonly string[] => {
  const operations = new Map(listOperations(world).map((operation) => [operation.operationId, operation]));
  const all = [...operations.values()];
  return [
    ...checkCompanions(world, operations),
    ...all.flatMap((submit) => checkStart(submit, world, operations)),
    ...all.filter(({ kind }) => kind === 'apply-job').flatMap((apply) => checkEnd(apply, operations)),
  ];
};

type Operations = ReadonlyMap<string, StoredOperation>;

const findApply = (submit: StoredOperation | undefined, operations: Operations) =>
  operations.get((submit && findRequest(submit, 'submit')?.applyOperationId) ?? '');

/** The jobs that Drey has submitted in place of others: those of applies, and restored ones. A caller may start several from one savepoint. */
const listSubstitutes = (operations: Operations): ReadonlySet<string> =>
  new Set(
    [...operations.values()].flatMap((operation) => [
      ...(findApply(operation, operations) === undefined ? [] : [operation.operationId]),
      ...(operation.restoredJobs ?? []).map(({ jobId }) => jobId),
    ]),
  );

/**
 * The jobs of an apply never run at once, and neither do those that take the place of one old job, or that Drey
 * has started from the same savepoint.
 */
const checkCompanions = ({ kubernetes }: ModelWorld, operations: Operations): readonly string[] => {
  const substitutes = listSubstitutes(operations);
  return [...kubernetes.clusters.companions].flatMap(([jobId, companions]) => {
    const submit = operations.get(jobId);
    const { from, to, rolledBackTo } = findApply(submit, operations)?.rollout?.job ?? {};
    return companions
      .filter((companion) => {
        const other = operations.get(companion);
        const path = substitutes.has(jobId) && substitutes.has(companion) ? submit?.restoredFrom : undefined;
        const sharesState = path !== undefined && other?.restoredFrom === path;
        const sharesJob = from !== undefined && findApply(other, operations)?.rollout?.job?.from === from;
        return sharesState || sharesJob || [from, to, rolledBackTo].includes(companion);
      })
      .map((companion) => `job ${jobId} was started beside job ${companion}, whose place it takes`);
  });
};

/** A job starts from the savepoint that the old one ended with, unless the caller gave up its state. */
const checkStart = (submit: StoredOperation, world: ModelWorld, operations: Operations): readonly string[] => {
  const apply = findApply(submit, operations);
  const request = apply === undefined ? undefined : findRequest(apply, 'apply-job')?.data;
  if (apply === undefined || request?.options.state !== 'savepoint') return [];
  const { snapshot, job } = apply.rollout ?? {};
  const saved = listJobs(world).find(({ jobId }) => jobId === job?.from)?.finalSavepoint;
  const { operationId, restoredFrom } = submit;
  return restoredFrom !== undefined && restoredFrom === snapshot?.path && restoredFrom === saved
    ? []
    : [`job ${operationId} starts from ${restoredFrom ?? 'nothing'}, and its state is ${saved ?? 'lost'}`];
};

/** An apply that has failed says why, and where the state is unless a job runs with it. */
const checkEnd = ({ operationId, state, problem, rollout }: StoredOperation, operations: Operations) => {
  if (!isTerminalOperation({ state })) return [];
  const { to, rolledBackTo } = rollout?.job ?? {};
  const hasStarted = (id: string | undefined) => operations.get(id ?? '')?.state === 'SUCCEEDED';
  const name = `the apply ${operationId}`;
  if (state === 'SUCCEEDED') return hasStarted(to) ? [] : [`${name} has SUCCEEDED without a job`];
  if (problem === undefined || problem.detail === '') return [`${name} is ${state} without a reason`];
  const path = rollout?.snapshot?.path;
  return path === undefined || hasStarted(to) || hasStarted(rolledBackTo) || problem.detail.includes(path)
    ? []
    : [`${name} is ${state}, and does not name the savepoint ${path}`];
};
