import type { CommandData, RolloutStep } from '#events/commands/index.ts';
import type { Cluster } from '#events/records/cluster.ts';
import type { Job } from '#events/records/job.ts';
import { Fault } from '#events/problems/problem.ts';
import type { NamedTarget } from '#events/records/target.ts';
import { type DemandChange, reserveDemand } from '#shared/clusters/admission/usage.ts';
import { newOperation, toCaller } from '#shared/clusters/model/operation.ts';
import { omitUndefined } from '#shared/clusters/model/omit-undefined.ts';
import type { Change } from '#shared/clusters/model/records/records.ts';
import type { CapacityChange, RequestOf } from '#shared/clusters/model/records/request.ts';
import type { Versioned } from '#shared/clusters/model/records/versioned.ts';
import { newLeftRolloutFault, newRolloutFault } from '#shared/clusters/model/rollout.ts';
import { countSlots, increases, listBoundVertices, planRequirements } from '#shared/clusters/model/rescale.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import { getClusterWithJobs } from '#shared/clusters/store/read.ts';
import { commit } from '#shared/clusters/store/transact.ts';
import { flinkRest } from '#shared/flink/rest/flink-rest.ts';
import type { JobVertex, ResourceRequirements } from '#shared/flink/rest/resource-requirements.ts';
import { computeSlotDemand } from '#shared/flink/resources.ts';
import { parseDuration } from '#shared/flink/syntax.ts';

import { assertExpected, assertRunning } from './assertions.ts';
import { assertNotChanging, getLiveJob } from './live-job.ts';
import type { UseCase } from './use-case.ts';

const maxWithinMs = 2 * 3_600_000;
/** The time after `until` in which the workflow restores the last parallelism, also while the JobManager restarts. */
const restoreMs = 15 * 60_000;

/** Changes the parallelism of a job of the adaptive scheduler. What the job needs more is reserved when it is recorded. */
export const rescale: UseCase<'rescale'> = {
  async record({ target: targetName, clusterId = '', data, expected, rollout, ...command }, keyFor, ports) {
    const target = await ports.targets.get(targetName);
    const withinMs = parseWithin(data.within);
    const clusterRef = { target: targetName, clusterId };
    const records = await getClusterWithJobs(clusterRef, ports.store);
    const { value: cluster } = records.cluster;
    assertExpected(cluster, expected);
    assertRunning(cluster);
    assertFreeFor(rollout, cluster);
    await getLiveJob(records, data.jobId, ports);
    const job = await ports.store.job(clusterRef, data.jobId);
    await assertNotChanging(job?.value, ports.store);

    const planned = await planRescale({ cluster, job: job?.value, data }, target, ports);
    const now = ports.now();
    const operationId = ports.newId();
    const until = new Date(now.getTime() + withinMs).toISOString();
    const fields = {
      operationId,
      kind: 'rescale' as const,
      ...clusterRef,
      jobId: data.jobId,
      clusterOperationId: cluster.operationId,
      ...toCaller(command),
      messageToken: ports.newToken(),
      request: { ...planned.request, until },
      ...planned.warnings,
    };
    const operation = newOperation(fields, withinMs + restoreMs, now);
    await commit(
      {
        operations: [{ value: operation, previous: undefined }],
        ...lockJob(job, operationId),
        ...(await reserve(planned.request.capacity, target, ports)),
        ...keyFor(operationId),
      },
      ports,
    );
    return { value: operation, version: 1 };
  },

  async advance({ value }, _command, { workflows }) {
    await workflows.start('rescaling', value);
    return value;
  },
};

/**
 * A rollout watches whether the tasks of the jobs restart, unless it gives the rescale itself.
 *
 * @throws Fault `not-ready`, `superseded` when the rollout that gives the rescale has ended.
 */
const assertFreeFor = (step: RolloutStep | undefined, cluster: Cluster): void => {
  if (step?.operationId === cluster.rollout?.operationId) return;
  throw step === undefined ? newRolloutFault(cluster) : newLeftRolloutFault(cluster);
};

interface GivenRescale {
  readonly cluster: Cluster;
  /** Undefined when Drey has no record of the job. */
  readonly job: Job | undefined;
  readonly data: CommandData<'rescale'>;
}

/** Asks Flink what the job requires, and decides what it has to require. @throws Fault `wrong-state`, `not-ready` */
const planRescale = async ({ cluster, job, data }: GivenRescale, target: NamedTarget, ports: Ports) => {
  const rest = flinkRest(ports.kubernetes(target).flink(cluster.clusterId));
  const before = await rest.getRequirements(data.jobId);
  const { vertices } = await rest.getVertices(data.jobId);
  const after = planRequirements(data, { vertices, current: before });
  const capacity = computeCapacity({ cluster, job }, { vertices, before, after });
  const request: Omit<RequestOf<'rescale'>, 'until'> = {
    kind: 'rescale',
    data,
    before: [...before],
    after: [...after],
    ...omitUndefined({ capacity }),
  };
  return { request, warnings: findBoundWarnings(vertices, data.parallelism) };
};

/** @throws Fault `malformed-request` */
const parseWithin = (within: string): number => {
  const withinMs = parseDuration(within);
  if (withinMs <= maxWithinMs) return withinMs;
  const detail = 'is at most 2h.';
  throw new Fault('malformed-request', `/within ${detail}`, { errors: [{ pointer: '/within', detail }] });
};

/** The record of the job names its rescale, so that of two at the same time one fails with `conflict`. */
const lockJob = (job: Versioned<Job> | undefined, rescaleOperationId: string): Pick<Change, 'jobs'> =>
  job === undefined ? {} : { jobs: [{ value: { ...job.value, rescaleOperationId }, previous: job.version }] };

interface RequirementsChange {
  readonly vertices: readonly JobVertex[];
  readonly before: ResourceRequirements;
  readonly after: ResourceRequirements;
}

/** By how much the demand of the command changes that holds the capacity of the job. Undefined when no command holds any. */
const computeCapacity = (
  { cluster: { taskManagers }, job }: { readonly cluster: Cluster; readonly job: Job | undefined },
  { vertices, before, after }: RequirementsChange,
): CapacityChange | undefined => {
  const operationId = job?.operationId;
  if (operationId === undefined || taskManagers === undefined) return undefined;
  const demandOf = (requirements: ResourceRequirements) =>
    computeSlotDemand(taskManagers, countSlots(vertices, requirements));
  const [from, to] = [demandOf(before), demandOf(after)];
  const cpu = Math.round((to.cpu - from.cpu) * 1_000) / 1_000;
  const memoryMebibytes = to.memoryMebibytes - from.memoryMebibytes;
  return cpu === 0 && memoryMebibytes === 0 ? undefined : { operationId, cpu, memoryMebibytes };
};

/** What a job needs less is released when the job runs with less. */
const reserve = async (capacity: CapacityChange | undefined, target: NamedTarget, ports: Ports) =>
  capacity !== undefined && increases(capacity)
    ? reserveDemand({ target, command: capacity, by: toDemandChange(capacity) }, ports)
    : {};

const toDemandChange = ({ cpu, memoryMebibytes }: DemandChange): DemandChange => ({ cpu, memoryMebibytes });

const findBoundWarnings = (vertices: readonly JobVertex[], parallelism: number): { readonly warnings?: string[] } => {
  const bound = listBoundVertices(vertices, parallelism);
  return bound.length === 0
    ? {}
    : { warnings: [`Some vertices keep to their maximum parallelism: ${bound.slice(0, 10).join(', ')}.`] };
};
