import { isOver, type Cluster, type NamedTarget } from '#events/model.ts';
import { Fault } from '#events/problem.ts';
import { demandOfJob } from '#shared/flink/resources.ts';

import type { UseCase } from './accept.ts';
import type { Block } from './admission.ts';
import { claimOf, enter, startedWithinMs } from './line.ts';
import { wakened } from './lifetime.ts';
import type { Change, Jars, StoredOperation } from './ports.ts';
import { clusterAt, newOperation } from './records.ts';
import { restoring, savepointFor } from './restore.ts';

/** How a zip file, which a jar is, begins. */
const zipMagic = [0x50, 0x4b, 0x03, 0x04];

export const submit: UseCase<'submit'> = {
  async record({ target: name, clusterId, data, door }, key, ports) {
    const target = await ports.targets.get(name);
    const place = { target: name, clusterId: clusterId ?? '' };
    const found = await clusterAt(place, ports.store);
    const cluster = found.value;
    mustTakeJobs(cluster);
    // One that comes up is waited for.
    if (isOver(cluster) || cluster.state === 'STOPPING') mustRun(cluster);
    await mustBeJar(data.jar, target, ports.jars);

    const now = ports.now();
    const operationId = ports.newId();
    const restoredFrom = await savepointFor(data.restore, place.target, ports.store);
    const { taskToken, ...submitData } = restoring(data, restoredFrom);
    const claim = claimOf(
      {
        operationId,
        kind: 'submit',
        ...place,
        team: teamOf(cluster),
        demand: cluster.taskManagers === undefined ? oneJob : demandOfJob(cluster.taskManagers, data.parallelism),
      },
      data,
      now,
    );
    const operationAt = (block: Block | undefined): StoredOperation => {
      const { correlationId } = data;
      const fields = { operationId, kind: 'submit' as const, ...place, jobId: operationId, door, restoredFrom };
      const plan = { submit: submitData };
      const operation = newOperation({ ...fields, correlationId, taskToken, plan }, startedWithinMs.submit, now);
      return block === undefined ? operation : { ...operation, state: 'QUEUED', deadline: claim.deadline };
    };
    const changeOf = (block: Block | undefined): Change => ({
      ...wakened(found),
      operations: [{ value: operationAt(block), previous: undefined }],
      ...key(operationId),
    });
    const block = await enter(claim, target, changeOf, ports);
    return { value: operationAt(block), version: 1 };
  },

  async advance({ value }, _command, { machines }) {
    if (value.state !== 'QUEUED') await machines.start('submission', value.operationId);
    return value;
  },
};

/** Of a session whose deploy did not write down what its TaskManagers are. */
const oneJob = { clusters: 0, jobs: 1, cpu: 0, memoryMebibytes: 0 };

export const teamOf = ({ labels }: Pick<Cluster, 'labels'>): string => labels['team'] ?? '';

/** @throws Fault `wrong-state` for an application. */
export const mustTakeJobs = ({ clusterId, target, mode }: Cluster): void => {
  if (mode === 'session') return;
  throw new Fault(
    'wrong-state',
    `cluster ${clusterId} in target ${target} is an application: it runs its own program only; submit to a session`,
  );
};

/** @throws Fault `not-ready` before it runs, `wrong-state` when it no longer does. */
export const mustRun = (cluster: Cluster): void => {
  const { clusterId, target, state } = cluster;
  if (state === 'RUNNING') return;
  if (isOver(cluster) || state === 'STOPPING')
    throw new Fault('wrong-state', `cluster ${clusterId} in target ${target} is ${state}`);
  throw new Fault('not-ready', `cluster ${clusterId} in target ${target} is ${state}: wait until it is RUNNING`, {
    retryAfterSeconds: 5,
  });
};

/** @throws Fault `jar-refused` */
export const mustBeJar = async (jar: string, target: NamedTarget, jars: Jars): Promise<void> => {
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
