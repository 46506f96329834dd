import { type Cluster, isTerminalCluster } from '#events/cluster.ts';
import type { NamedTarget } from '#events/target.ts';
import { Fault } from '#events/problem.ts';
import { demandOfJob } from '#shared/flink/resources.ts';

import type { UseCase } from './accept.ts';
import type { PendingReason } from '#shared/clusters/model/admission.ts';
import { newQueuedCommand, startOrEnqueue, startTimeoutMs } from '#shared/clusters/admission/queue.ts';
import { clearIdle } from '#shared/clusters/model/lifetime.ts';
import type { Change } from '#shared/clusters/model/records.ts';
import type { Jars } from '#shared/clusters/ports/objects.ts';
import type { StoredOperation } from '#shared/clusters/model/operation.ts';
import { getCluster } from '#shared/clusters/store/read.ts';
import { newOperation } from '#shared/clusters/model/operation.ts';
import { withSavepoint, resolveSavepoint } from '#shared/clusters/restore/savepoint.ts';

/** How a zip file, which a jar is, begins. */
const zipMagic = [0x50, 0x4b, 0x03, 0x04];

export const submit: UseCase<'submit'> = {
  async record({ target: name, clusterId, data, origin }, key, ports) {
    const target = await ports.targets.get(name);
    const clusterRef = { target: name, clusterId: clusterId ?? '' };
    const found = await getCluster(clusterRef, ports.store);
    const cluster = found.value;
    assertSession(cluster);
    // One that comes up is waited for.
    if (isTerminalCluster(cluster) || cluster.state === 'STOPPING') assertRunning(cluster);
    await assertUsableJar(data.jar, target, ports.jars);

    const now = ports.now();
    const operationId = ports.newId();
    const restoredFrom = await resolveSavepoint(data.restore, clusterRef.target, ports.store);
    const { taskToken, ...submitData } = withSavepoint(data, restoredFrom);
    const claim = newQueuedCommand(
      {
        operationId,
        kind: 'submit',
        ...clusterRef,
        team: teamOf(cluster),
        demand: cluster.taskManagers === undefined ? oneJob : demandOfJob(cluster.taskManagers, data.parallelism),
      },
      data,
      now,
    );
    const operationAt = (pendingReason: PendingReason | undefined): StoredOperation => {
      const { correlationId } = data;
      const fields = { operationId, kind: 'submit' as const, ...clusterRef, jobId: operationId, origin, restoredFrom };
      const plan = { submit: submitData };
      const operation = newOperation({ ...fields, correlationId, taskToken, plan }, startTimeoutMs.submit, now);
      return pendingReason === undefined ? operation : { ...operation, state: 'QUEUED', deadline: claim.deadline };
    };
    const changeOf = (pendingReason: PendingReason | undefined): Change => ({
      ...clearIdle(found),
      operations: [{ value: operationAt(pendingReason), previous: undefined }],
      ...key(operationId),
    });
    const pendingReason = await startOrEnqueue(claim, target, changeOf, ports);
    return { value: operationAt(pendingReason), version: 1 };
  },

  async advance({ value }, _command, { workflows }) {
    if (value.state !== 'QUEUED') await workflows.start('submission', value.operationId);
    return value;
  },
};

/** Of a session whose deploy did not write down what its TaskManagers are. */
const oneJob = { clusters: 0, jobs: 1, cpu: 0, memoryMebibytes: 0 };

export const teamOf = ({ labels }: Pick<Cluster, 'labels'>): string => labels['team'] ?? '';

/** @throws Fault `wrong-state` for an application. */
export const assertSession = ({ clusterId, target, mode }: Cluster): void => {
  if (mode === 'session') return;
  throw new Fault(
    'wrong-state',
    `cluster ${clusterId} in target ${target} is an application: it runs its own program only; submit to a session`,
  );
};

/** @throws Fault `not-ready` before it runs, `wrong-state` when it no longer does. */
export const assertRunning = (cluster: Cluster): void => {
  const { clusterId, target, state } = cluster;
  if (state === 'RUNNING') return;
  if (isTerminalCluster(cluster) || state === 'STOPPING')
    throw new Fault('wrong-state', `cluster ${clusterId} in target ${target} is ${state}`);
  throw new Fault('not-ready', `cluster ${clusterId} in target ${target} is ${state}: wait until it is RUNNING`, {
    retryAfterSeconds: 5,
  });
};

/** @throws Fault `jar-refused` */
export const assertUsableJar = async (jar: string, target: NamedTarget, jars: Jars): Promise<void> => {
  const refuse = (detail: string) =>
    new Fault('jar-refused', `${jar}: ${detail}`, { errors: [{ pointer: '/jar', detail }] });
  const found = await jars.inspect(jar, target.name);
  if (found === undefined)
    throw refuse(`there is no such upload of target ${target.name}; uploads are kept for 30 days`);
  if (found.bytes > target.maxJarBytes)
    throw refuse(`it has ${found.bytes} bytes, and target ${target.name} takes ${target.maxJarBytes}`);
  if (!zipMagic.every((byte, index) => found.head[index] === byte))
    throw refuse('it is not a jar (a jar is a zip file)');
};
