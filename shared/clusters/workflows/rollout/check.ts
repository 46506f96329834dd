import { hasIncarnation } from '#events/records/cluster-states.ts';
import { Fault, toFinalFault } from '#events/problems/problem.ts';
import { isTerminalJob } from '#events/records/job.ts';
import type { RevisionSpec } from '#events/records/revisions.ts';
import type { NamedTarget } from '#events/records/target.ts';
import { assertStartsInTime } from '#shared/clusters/admission/pending.ts';
import { reserveSuccession } from '#shared/clusters/admission/usage.ts';
import { getTeam } from '#shared/clusters/commands/assertions.ts';
import { renderPlan } from '#shared/clusters/commands/deploy/render.ts';
import { withRolloutRestore } from '#shared/clusters/commands/deploy/rollout-restore.ts';
import { toDeployData } from '#shared/clusters/commands/rollouts/plan-rollout.ts';
import type { QueuedCommand } from '#shared/clusters/model/admission/queue.ts';
import { isLimited } from '#shared/clusters/model/admission/quota.ts';
import { selectIncarnationJobs } from '#shared/clusters/model/job.ts';
import { withoutTaken } from '#shared/clusters/model/kubernetes.ts';
import { newLifetime } from '#shared/clusters/model/lifetime.ts';
import { endsIncarnation } from '#shared/clusters/model/rollout.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import { assertCanRestart } from '#shared/clusters/restore/restore-jobs.ts';
import { readRevisionSpec } from '#shared/clusters/store/revisions.ts';

import { beginWaiting } from './begin-waiting.ts';
import { assertDownloadsExist } from './check-downloads.ts';
import { checkRollback } from './check-rollback.ts';
import { readRollout, recordRolloutPhase, type RolloutRecords } from './records.ts';
import { type RolloutState, toFailure, toNext } from './rollout-state.ts';

/**
 * Step of the rollout machine: waits until the cluster is in no other rollout. Then it lets the API server check the new
 * objects, and reserves what they need more than the old ones, before anything of the old ones ends.
 */
export const check = async (state: RolloutState, ports: Ports): Promise<RolloutState> => {
  const waiting = await beginWaiting(state, ports);
  if (waiting !== undefined) return waiting;
  const records = await readRollout(state.operationId, ports);
  if (records === undefined) return toNext(state, 'over');
  const checked =
    (await checkJobs(records, ports)) ?? (await checkRollback(records, ports)) ?? (await checkSpec(records, ports));
  const fault = checked instanceof Fault ? checked : await reserveCapacity(records, checked, ports);
  if (fault !== undefined) return toNext(state, 'failed', { failure: toFailure(fault) });
  const { from, rescale } = records.request;
  if (rescale !== undefined) return toNext(state, 'rescale');
  return toNext(state, endsIncarnation(from) ? 'end' : 'start');
};

/** @returns Why the new incarnation of a session could not start the jobs of the old one again. */
const checkJobs = async ({ request, operation, cluster }: RolloutRecords, ports: Ports): Promise<Fault | undefined> => {
  if (cluster?.value.mode !== 'session' || !hasIncarnation(cluster.value)) return undefined;
  if (request.spec === undefined || request.rescale !== undefined || request.options.state === 'none') return undefined;
  const jobs = selectIncarnationJobs(cluster.value, await ports.store.jobs(operation.value));
  const live = jobs.filter((job) => !isTerminalJob(job));
  try {
    await assertCanRestart(live, operation.value, ports);
    return undefined;
  } catch (error) {
    return toFinalFault(error);
  }
};

/** What the new revision takes of its target. */
interface CheckedSpec extends Pick<QueuedCommand, 'demand' | 'team'> {
  readonly target: NamedTarget;
}

/** @returns Why the new objects are refused. Undefined when the rollout deploys none. */
const checkSpec = async (
  { request, operation }: RolloutRecords,
  ports: Ports,
): Promise<CheckedSpec | Fault | undefined> => {
  if (request.spec === undefined) return undefined;
  const { target: name, clusterId } = operation.value;
  const restarts = request.from !== undefined && request.rescale === undefined;
  const paused = restarts ? await findPause(name, ports) : undefined;
  if (paused !== undefined) return paused;
  const spec = await readRevisionSpec(request.spec.operationId, ports);
  if (spec === undefined) return new Fault('not-found', 'The spec of the rollout is no longer stored.');
  const target = await ports.targets.get(name);
  try {
    const data = withRolloutRestore(toDeployData(spec), request.from === undefined ? undefined : {}, clusterId);
    const manifests = renderPlan(data, clusterId, target);
    const refusals = withoutTaken(await ports.kubernetes(target).dryRun(manifests));
    if (restarts && endsIncarnation(request.from)) {
      assertInTime(request, { spec, target, now: ports.now() });
      await assertDownloadsExist({ given: data, manifests }, ports);
    }
    return refusals.length === 0
      ? { target, demand: manifests.resources.demand, team: getTeam(spec) }
      : new Fault(
          'refused-option',
          `The API server of target ${name} refuses the new objects: ${refusals.map(({ detail }) => detail).join(' ')}`,
          {
            errors: refusals,
          },
        );
  } catch (error) {
    return toFinalFault(error);
  }
};

/**
 * Checks the times of a revision before what runs ends. After that, none of them refuses its start.
 *
 * @throws Fault `not-started` after its deadline, `malformed-request` after the end of its lifetime.
 */
const assertInTime = (
  { deadline }: RolloutRecords['request'],
  {
    spec: { mode, lifetime },
    target,
    now,
  }: { readonly spec: RevisionSpec; readonly target: NamedTarget; readonly now: Date },
): void => {
  assertStartsInTime(deadline, now);
  newLifetime(lifetime, { mode, target, now });
};

/**
 * Reserves what the new revision needs more while the old incarnation runs on. Otherwise the new one might wait for capacity,
 * and nothing of the cluster would run.
 *
 * @returns Why the new revision does not fit.
 */
const reserveCapacity = async (
  { operation, cluster, request }: RolloutRecords,
  checked: CheckedSpec | undefined,
  ports: Ports,
): Promise<Fault | undefined> => {
  if (checked === undefined || cluster === undefined || !hasIncarnation(cluster.value)) return undefined;
  // A rescale reserves what its job needs more itself.
  if (!isLimited(checked.target) || request.rescale !== undefined) return undefined;
  const changes = (records: RolloutRecords) => reserve(records, checked, ports);
  try {
    await recordRolloutPhase(operation.value.operationId, 'Checking', ports, { changes });
    return undefined;
  } catch (error) {
    if (!(error instanceof Fault) || !['limit-reached', 'over-limit'].includes(error.code)) throw error;
    const { code, reason, message } = error;
    const detail = `The new revision does not fit, not even in place of the one that runs. ${message}`;
    return new Fault(code, detail, reason === undefined ? {} : { reason });
  }
};

const reserve = async ({ request, cluster }: RolloutRecords, { target, ...successor }: CheckedSpec, ports: Ports) => {
  // An earlier attempt of the step has reserved it.
  if (request.capacity !== undefined || cluster === undefined) return {};
  const reserved = await reserveSuccession({ target, held: cluster.value, successor }, ports);
  return reserved === undefined ? {} : { ...reserved.changes, request: { capacity: reserved.capacity } };
};

/** The fault of a rollout while starts are paused: what runs would end, and its successor wait. */
export const findPause = async (target: string, { store }: Pick<Ports, 'store'>): Promise<Fault | undefined> =>
  (await store.queueHead(target)).paused === undefined
    ? undefined
    : new Fault('not-ready', `Starts on target ${target} are paused. Resume the queue, and repeat the command.`, {
        reason: 'Paused',
      });
