import type { ExpectedCluster } from '#events/commands/index.ts';
import type { Cluster } from '#events/records/cluster.ts';
import { Fault } from '#events/problems/problem.ts';
import type { NamedTarget } from '#events/records/target.ts';
import { isEndingCluster } from '#shared/clusters/model/cluster-states.ts';
import type { Jars } from '#shared/clusters/ports/objects.ts';
import { savepointDirectoryOption } from '#shared/flink/option-names/directories.ts';

/** The first bytes of a zip file. A jar is one. */
const zipMagic = [0x50, 0x4b, 0x03, 0x04];

/** The value of the label `team`, or an empty string. */
export const getTeam = ({ labels }: Pick<Cluster, 'labels'>): string => labels['team'] ?? '';

/** @throws Fault `wrong-state` for an application. */
export const assertSession = ({ clusterId, target, mode }: Cluster): void => {
  if (mode === 'session') return;
  throw new Fault(
    'wrong-state',
    `Cluster ${clusterId} in target ${target} is an application, which runs its own program only. Submit to a session.`,
  );
};

/** @throws Fault `not-ready` before the cluster is RUNNING, `wrong-state` afterwards. */
export const assertRunning = (cluster: Cluster): void => {
  const { clusterId, target, state } = cluster;
  if (state === 'RUNNING') return;
  const description = `Cluster ${clusterId} in target ${target} is ${state}.`;
  if (isEndingCluster(cluster)) throw new Fault('wrong-state', `${description} The command needs a RUNNING cluster.`);
  throw new Fault('not-ready', `${description} Retry when it is RUNNING.`, { retryAfterSeconds: 5 });
};

/** @throws Fault `superseded` when the cluster has changed since a command was decided for it. */
export const assertExpected = (cluster: Cluster, expected: ExpectedCluster | undefined): void => {
  if (expected === undefined || isExpected(cluster, expected)) return;
  const { clusterId, target } = cluster;
  throw new Fault('superseded', `Cluster ${clusterId} in target ${target} has changed since the command was decided.`);
};

/** Whether the cluster is the same incarnation, was not extended, and has been idle all the time. */
const isExpected = (
  { operationId, lifetime }: Cluster,
  { operationId: id, version, idleSince }: ExpectedCluster,
): boolean =>
  operationId === id &&
  (version === undefined || lifetime?.version === version) &&
  (idleSince === undefined || lifetime?.idle?.since === idleSince);

/** @throws Fault `malformed-request` for a savepoint without a directory, as Flink would refuse it. */
export const assertSavepointDirectory = (
  { clusterId, target, hasSavepointDirectory }: Cluster,
  { directory, pointer }: { readonly directory: string | undefined; readonly pointer: string },
): void => {
  if (directory !== undefined || hasSavepointDirectory !== false) return;
  const detail = `is required, because cluster ${clusterId} in target ${target} has no ${savepointDirectoryOption}.`;
  throw new Fault('malformed-request', `${pointer} ${detail}`, { errors: [{ pointer, detail }] });
};

/**
 * @param found What the bucket has of the jar.
 * @throws Fault `jar-refused` for a missing upload, one that is too large for the target, and one that is no jar.
 */
export const assertUsableJar = (
  jar: string,
  found: Awaited<ReturnType<Jars['inspect']>>,
  target: NamedTarget,
): void => {
  if (found === undefined)
    throw newJarFault(jar, `Target ${target.name} has no such upload. Uploads are kept for 30 days.`);
  if (found.bytes > target.maxJarBytes)
    throw newJarFault(
      jar,
      `The jar has ${found.bytes} bytes. Target ${target.name} allows at most ${target.maxJarBytes}.`,
    );
  if (!zipMagic.every((byte, index) => found.head[index] === byte))
    throw newJarFault(jar, 'The file is not a jar, because it is not a zip file.');
};

const newJarFault = (jar: string, detail: string) =>
  new Fault('jar-refused', `${jar}: ${detail}`, { errors: [{ pointer: '/jar', detail }] });
