import { isOver, type Cluster, type NamedTarget } from '#events/model.ts';
import { Fault } from '#events/problem.ts';

import type { UseCase } from './accept.ts';
import type { Jars } from './ports.ts';
import { clusterAt, newOperation } from './records.ts';

/** How long the jar may travel and main() may think. */
const deadlineMs = 30 * 60_000;

/** How a zip file, which a jar is, begins. */
const zipMagic = [0x50, 0x4b, 0x03, 0x04];

export const submit: UseCase<'submit'> = {
  async record({ target: name, clusterId, data, door }, key, ports) {
    const target = await ports.targets.get(name);
    const place = { target: name, clusterId: clusterId ?? '' };
    const { value: cluster } = await clusterAt(place, ports.store);
    mustTakeJobs(cluster);
    mustRun(cluster);
    await mustBeJar(data.jar, target, ports.jars);

    const now = ports.now();
    const operationId = ports.newId();
    const operation = newOperation(
      { operationId, kind: 'submit', ...place, jobId: operationId, door, plan: { submit: data } },
      deadlineMs,
      now,
    );
    await ports.store.commit({ operations: [{ value: operation, previous: undefined }], ...key(operationId) });
    return { value: operation, version: 1 };
  },

  async advance({ value }, _command, { machines }) {
    await machines.start('submission', value.operationId);
    return value;
  },
};

const mustTakeJobs = ({ clusterId, target, mode }: Cluster): void => {
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

const mustBeJar = async (jar: string, target: NamedTarget, jars: Jars): Promise<void> => {
  const refuse = (detail: string) =>
    new Fault('jar-refused', `${jar}: ${detail}`, { errors: [{ pointer: '/jar', detail }] });
  const found = await jars.inspect(jar, target.name);
  if (found === undefined)
    throw refuse(`there is no such upload of target ${target.name}; uploads are kept for a week`);
  if (found.bytes > target.maxJarBytes)
    throw refuse(`it has ${found.bytes} bytes, and target ${target.name} takes ${target.maxJarBytes}`);
  if (!zipMagic.every((byte, index) => found.head[index] === byte))
    throw refuse('it is not a jar (a jar is a zip file)');
};
