import type { SubmitData } from '#events/commands/index.ts';
import type { FlinkVersion } from '#events/flink-version.ts';
import type { Cluster } from '#events/records/cluster.ts';
import type { Demand, NamedTarget } from '#events/records/target.ts';
import { findSubmitErrors } from '#shared/clusters/model/policy/find-policy-errors.ts';
import { assertAllowed, listLockedJobOptions } from '#shared/clusters/model/policy/option-rules.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import { findReservedOptions } from '#shared/flink/manifests/reserved-options.ts';
import { canonicalizeConfig } from '#shared/flink/option-names/canonical.ts';
import { findDirectoryErrors } from '#shared/flink/option-names/directories.ts';
import { listRestorePaths, withoutRestorePath } from '#shared/flink/option-names/restore.ts';
import { assertNoFieldErrors } from '#shared/flink/options.ts';
import { computeParallelism } from '#shared/flink/program/parallelism.ts';
import { findSqlErrors } from '#shared/flink/program/sql.ts';
import { computeJobDemand } from '#shared/flink/resources.ts';

import { assertUsableJar } from './assertions.ts';

/** Reads the jar of a job. The result throws what is wrong with it. */
export const inspectJar = async (
  { jar }: Pick<SubmitData, 'jar'>,
  target: NamedTarget,
  { jars }: Pick<Ports, 'jars'>,
): Promise<() => void> => {
  if (jar === undefined) return () => {};
  const [found] = await Promise.allSettled([jars.inspect(jar, target.name)]);
  return () => {
    if (found.status === 'rejected') throw found.reason;
    assertUsableJar(jar, found.value, target);
  };
};

interface ProgramOptions {
  readonly cluster: Cluster;
  readonly target: NamedTarget;
  /** The result of {@link inspectJar}. */
  readonly assertJar: () => void;
}

/** @throws Fault for every mistake in what a session is to run: what the target forbids, the jar, the script, the options. */
export const assertProgram = (data: SubmitData, { cluster, target, assertJar }: ProgramOptions): void => {
  assertAllowed(findSubmitErrors(data, target), target);
  assertJar();
  const { sql, config } = data;
  if (sql !== undefined)
    assertNoFieldErrors(findSqlErrors(sql, { mode: 'session', flinkVersion: cluster.flinkVersion }));
  assertNoFieldErrors([...findReservedOptions(config), ...findDirectoryErrors(config)]);
};

/** What a job requests from the target. Not every record of a session has its TaskManagers. */
export const computeDemand = (
  { taskManagers }: Cluster,
  { config, parallelism, sql }: Pick<SubmitData, 'config' | 'parallelism' | 'sql'>,
): Demand => {
  const options = {
    ...(taskManagers === undefined ? {} : { 'parallelism.default': taskManagers.parallelism }),
    ...config,
    ...(parallelism === undefined ? {} : { 'parallelism.default': parallelism }),
  };
  const largest = computeParallelism(options, { sql, pointer: '/sql' });
  return taskManagers === undefined
    ? { clusters: 0, jobs: 1, cpu: 0, memoryMebibytes: 0 }
    : computeJobDemand(taskManagers, largest);
};

interface ConfigOptions {
  readonly flinkVersion: FlinkVersion;
  readonly target: NamedTarget;
}

/**
 * The options of a job under the names that the session reads first, as given and with those that the target locks. A
 * blank restore path stands for none.
 */
export const resolveJobConfig = (given: SubmitData['config'], { flinkVersion, target }: ConfigOptions) => {
  const canonical = canonicalizeConfig(given, flinkVersion);
  const config = listRestorePaths(canonical).length === 0 ? withoutRestorePath(canonical) : canonical;
  // The session has read these options when it started, and a job has them whatever the session has.
  const locked = canonicalizeConfig(listLockedJobOptions(target), flinkVersion);
  return { config, effective: { ...config, ...locked } };
};
