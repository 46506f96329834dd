import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { execa } from 'execa';

import { getPatchRelease } from '#local/flink-versions.ts';

import { fetchFlinkJars } from './flink-java.ts';
import { kubectl, system, until } from './system.ts';

const source = join(import.meta.dirname, '../acceptance/java/KeyedCounts.java');

/** The jar of the program that counts, `test/acceptance/java/KeyedCounts.java`, for a line of Flink such as `2.2`. */
export const buildCounts = async (line = '2.2'): Promise<Uint8Array> => {
  const release = getPatchRelease(line);
  const classpath = join(await fetchFlinkJars(release), 'lib', `flink-dist-${release}.jar`);
  const folder = await mkdtemp(join(tmpdir(), 'drey-counts-'));
  try {
    const [classes, jar] = [join(folder, 'classes'), join(folder, 'counts.jar')];
    await execa('javac', ['--release', '17', '-encoding', 'UTF-8', '-cp', classpath, '-d', classes, source]);
    await execa('jar', ['--create', '--file', jar, '--main-class', 'KeyedCounts', '-C', classes, '.']);
    return await readFile(jar);
  } finally {
    await rm(folder, { recursive: true });
  }
};

/** Options with which the program keeps its state in a folder, and its metrics are up to date. */
export const countsConfig = (url: string) => ({
  'execution.checkpointing.interval': '1s',
  'execution.checkpointing.dir': `${url}/checkpoints`,
  'execution.checkpointing.savepoint-dir': `${url}/savepoints`,
  'metrics.fetcher.update-interval': '1000',
});

/** The adaptive scheduler without pauses. The second option has another name in Flink 2.x, which knows this one, too. */
export const adaptive = {
  'jobmanager.scheduler': 'adaptive',
  'jobmanager.adaptive-scheduler.scaling-interval.min': '1s',
};

const readFlink = async <T>(clusterId: string, path: string): Promise<T> =>
  JSON.parse(
    await kubectl(
      'get',
      '--raw',
      `/api/v1/namespaces/${system.namespace}/services/${clusterId}-rest:rest/proxy/v1${path}`,
    ),
  ) as T;

export interface FlinkJob {
  readonly state: string;
  readonly 'start-time': number;
  readonly vertices: readonly {
    readonly id: string;
    readonly name: string;
    readonly parallelism: number;
    readonly tasks: Readonly<Record<string, number>>;
  }[];
}

/** A job as its JobManager reports it. */
export const readFlinkJob = (clusterId: string, jobId: string): Promise<FlinkJob> =>
  readFlink<FlinkJob>(clusterId, `/jobs/${jobId}`);

export interface Counts {
  /** The first number since the tasks started. A job without restored state begins with 0. */
  readonly first: number;
  /** The last number. */
  readonly last: number;
}

const readCounts = async (clusterId: string, jobId: string): Promise<Counts | undefined> => {
  const { vertices } = await readFlinkJob(clusterId, jobId);
  const vertex = vertices.find(({ name }) => name.includes('Count'));
  const path = `/jobs/${jobId}/vertices/${vertex?.id ?? ''}/subtasks/metrics?get=Count.first,Count.last&agg=min,max`;
  const metrics = await readFlink<readonly { id: string; min: number; max: number }[]>(clusterId, path);
  const find = (id: string) => metrics.find((metric) => metric.id === `Count.${id}`);
  const first = find('first')?.min ?? -1;
  return first < 0 ? undefined : { first, last: find('last')?.max ?? first };
};

/** The counts of a job, as soon as all of its tasks have counted, or as soon as they are as wanted. */
export const untilCounts = async (
  clusterId: string,
  jobId: string,
  wanted: (counts: Counts) => boolean = () => true,
): Promise<Counts> => {
  const found = await until(
    () => readCounts(clusterId, jobId).catch(() => undefined),
    (counts) => counts !== undefined && wanted(counts),
  );
  if (found === undefined) throw new Error('unreachable: the counts are awaited');
  return found;
};
