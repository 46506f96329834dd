import { flinkVersions } from '#events/flink-version.ts';

import { toCurrentKey } from './canonical.ts';

/** What the options begin with that the processes of a cluster read when they start. */
const clusterPrefixes = [
  'akka.',
  'application-result-store.',
  'blob.',
  'classloader.',
  'cleanup-strategy',
  'cluster.',
  'completed-application-store.',
  'containerized.',
  'env.',
  'events.',
  'execution.allow-client-job-configurations',
  'execution.checkpointing.local-backup.dirs',
  'execution.program-config.',
  'execution.shutdown-on-application-finish',
  'execution.submit-failed-job-on-application-error',
  'execution.terminate-application-on-any-job-terminated-exceptionally',
  'external-resource',
  'fs.',
  'heartbeat.',
  'high-availability',
  'historyserver.',
  'io.tmp.dirs',
  'jmx.',
  'job-event.',
  'job-manager.',
  'job-result-store.',
  'jobmanager.',
  'jobstore.',
  'kubernetes.',
  'local.',
  'metrics.',
  'minicluster.',
  'pekko.',
  'plugin.',
  'process.',
  'query.',
  'queryable-state.',
  'recovery.',
  'resourcemanager.',
  'rest.',
  's3.',
  'scheduler-mode',
  'security.',
  'shuffle-service-factory.',
  'slot.',
  'slotmanager.',
  'slow-task-detector.',
  'taskmanager.',
  'traces.',
  'user.artifacts.',
  'web.',
  'yarn.',
  'zookeeper.',
];

/**
 * Whether the processes of a cluster read the option when they start, so that a job cannot change it. An option that Flink
 * does not know counts as one of a job, unless it begins like one of a cluster. The key may be a deprecated one.
 */
export const isClusterOption = (key: string): boolean =>
  flinkVersions.some((version) => {
    const name = toCurrentKey(key, version);
    return clusterPrefixes.some((prefix) => name.startsWith(prefix));
  });
