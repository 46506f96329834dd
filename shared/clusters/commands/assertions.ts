import type { Cluster } from '#events/cluster.ts';
import { Fault } from '#events/problem.ts';
import type { NamedTarget } from '#events/target.ts';
import { isEndingCluster } from '#shared/clusters/model/cluster-states.ts';
import type { Jars } from '#shared/clusters/ports/objects.ts';

/** How a zip file, which a jar is, begins. */
const zipMagic = [0x50, 0x4b, 0x03, 0x04];

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
  if (isEndingCluster(cluster)) throw new Fault('wrong-state', `cluster ${clusterId} in target ${target} is ${state}`);
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
