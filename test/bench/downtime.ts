/**
 * `npm run bench:downtime`: restarts an application with its state, and measures the time from the end of its job until the first
 * task of the next one runs. Then it changes the application in place, and measures how long its job is without tasks.
 * It needs a local system with a node, such as that of `npm start`.
 */
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

import Table from 'cli-table3';
import { Command } from 'commander';

import type { Accepted, Applied } from '#events/http/accepted.ts';
import type { Cluster } from '#events/records/cluster.ts';
import type { Job } from '#events/records/job.ts';
import type { Operation } from '#events/records/operation.ts';
import { getPatchRelease } from '#local/flink-versions.ts';
import { settingsFrom } from '#local/settings.ts';
import { type LocalSystem, readSystem } from '#local/system.ts';
import { openApi } from '#test/load/api.ts';

import { atMost } from './bars.ts';
import { median } from './measure.ts';
import { formatBars } from './report.ts';

const run = promisify(execFile);

/** What a rollout may take longer than the pods need to start, in seconds. */
const maxAddedSeconds = 3;
/** What a change in place may take, in seconds: the request for one of labels, and the pause of the tasks for a rescale. */
const maxInPlaceSeconds = 1;

interface Downtime {
  /** From the end of the old job until the first task of the new one runs. */
  readonly downSeconds: number;
  /** From the creation of the JobManager's pod until the first task runs. */
  readonly podSeconds: number;
}

const { rounds, state, output } = new Command('npm run bench:downtime --')
  .option('--rounds <n>', 'counted restarts, and changes in place of each class', '5')
  .option('--state <folder>', 'state folder of a running system', settingsFrom().state)
  .option('--output <format>', 'table or json', 'table')
  .parse()
  .opts<Record<'rounds' | 'state' | 'output', string>>();

const findSystem = (): LocalSystem & { readonly podBucket: string } => {
  const found = readSystem(state);
  if (found?.podBucket === undefined) throw new Error(`No system with a node runs with the state folder ${state}.`);
  return { ...found, podBucket: found.podBucket };
};

const system = findSystem();
const call = openApi(system);
const clusterId = `downtime-${randomUUID().slice(0, 8)}`;
const clusters = `/v1/targets/${system.target}/clusters`;

const until = async <T>(ask: () => Promise<T | undefined>): Promise<T> => {
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    await sleep(200);
  }
};

const readCluster = () => call<Cluster>('GET', `${clusters}/${clusterId}`);
const listJobs = async () => (await call<{ jobs: Job[] }>('GET', `${clusters}/${clusterId}/jobs`)).jobs;
const untilJobRuns = () => until(async () => (await listJobs()).find((job) => job.state === 'RUNNING'));

/** @throws Error when it has failed or was canceled */
const hasSucceeded = async ({ operationId }: Pick<Operation, 'operationId'>): Promise<boolean> => {
  const path = `/v1/targets/${system.target}/operations/${operationId}`;
  const { state: reached, kind, problem } = await call<Operation>('GET', path);
  if (reached === 'FAILED' || reached === 'CANCELED')
    throw new Error(`${kind} is ${reached}: ${problem?.detail ?? ''}`);
  return reached === 'SUCCEEDED';
};

const untilSucceeded = (operation: Pick<Operation, 'operationId'>): Promise<true> =>
  until(async () => ((await hasSucceeded(operation)) ? true : undefined));

/** An application with a job that keeps state, in an image of the local system. */
const makeSpec = (config: object, parallelism: number, round: number) => {
  const folder = `s3://${system.podBucket}/${clusterId}`;
  const plugin = `flink-s3-fs-hadoop-${getPatchRelease('2.2')}.jar`;
  return {
    clusterId,
    mode: 'application',
    image: 'flink:2.2',
    labels: { round: String(round) },
    job: { jar: 'local:///opt/flink/examples/streaming/TopSpeedWindowing.jar', parallelism },
    config: {
      'jobmanager.memory.process.size': '1g',
      'taskmanager.memory.process.size': '1g',
      'execution.checkpointing.interval': '2s',
      'execution.checkpointing.dir': `${folder}/checkpoints`,
      'execution.checkpointing.savepoint-dir': `${folder}/savepoints`,
      'containerized.master.env.ENABLE_BUILT_IN_PLUGINS': plugin,
      'containerized.taskmanager.env.ENABLE_BUILT_IN_PLUGINS': plugin,
      ...config,
    },
  };
};

/** Options with which Flink changes the parallelism of the running job at once, on the TaskManager that it has. */
const adaptive = {
  'jobmanager.scheduler': 'adaptive',
  'jobmanager.adaptive-scheduler.scaling-interval.min': '1s',
  'taskmanager.numberOfTaskSlots': '2',
};

const apply = async (body: object): Promise<Operation> => {
  const { operation } = await call<Applied>('PUT', `${clusters}/${clusterId}`, {
    ...body,
    rollout: { stableWithin: '15s' },
  });
  if (operation === undefined) throw new Error('The apply changes nothing.');
  return operation;
};

const kubectl = async (...args: readonly string[]): Promise<unknown> =>
  JSON.parse((await run('kubectl', ['--kubeconfig', system.kubeconfig, '-n', system.namespace, ...args])).stdout);

const readFlink = (path: string): Promise<unknown> =>
  kubectl(
    'get',
    '--raw',
    `/api/v1/namespaces/${system.namespace}/services/${clusterId}-rest:rest/proxy/v1/jobs/${path}`,
  );

/** When the tasks of a job entered each state, in milliseconds. @see Flink 2.2 `SubtasksTimesInfo` */
const readTaskTimes = async (jobId: string): Promise<readonly Readonly<Record<'CREATED' | 'RUNNING', number>>[]> => {
  const { vertices } = (await readFlink(jobId)) as { vertices: { id: string }[] };
  const times = await Promise.all(
    vertices.map(async ({ id }) => {
      const answer = await readFlink(`${jobId}/vertices/${id}/subtasktimes`);
      const { subtasks } = answer as { subtasks: { timestamps: Record<'CREATED' | 'RUNNING', number> }[] };
      return subtasks.map(({ timestamps }) => timestamps);
    }),
  );
  return times.flat();
};

const findFirst = (times: readonly number[]): number => Math.min(...times.filter((time) => time > 0));

/** When the first task of a job was RUNNING, in milliseconds. */
const readFirstTask = async (jobId: string): Promise<number> =>
  findFirst((await readTaskTimes(jobId)).map(({ RUNNING }) => RUNNING));

/** When the pod of the JobManager was created, in milliseconds. Kubernetes tells the second. */
const readPodCreation = async (): Promise<number> => {
  const list = await kubectl('get', 'pods', '-l', `app=${clusterId},component=jobmanager`, '-o', 'json');
  const { items } = list as { items: { metadata: { creationTimestamp: string } }[] };
  return Math.max(...items.map(({ metadata }) => Date.parse(metadata.creationTimestamp)));
};

const measureRestart = async (): Promise<Downtime> => {
  const { operationId: previous } = await readCluster();
  const old = await untilJobRuns();
  const { operation } = await call<Accepted>('POST', `${clusters}/${clusterId}/restart`, { stableWithin: '15s' });
  // The list has the old job until the next incarnation is recorded.
  const ended = await until(async () => {
    await hasSucceeded(operation);
    const job = (await listJobs()).find(({ jobId }) => jobId === old.jobId);
    if (job === undefined) throw new Error('The end of the old job was not seen.');
    return job.endTime;
  });
  await until(async () => ((await readCluster()).operationId === previous ? undefined : true));
  const { jobId } = await untilJobRuns();
  await untilSucceeded(operation);
  const [first, created] = await Promise.all([readFirstTask(jobId), readPodCreation()]);
  return { downSeconds: (first - Date.parse(ended)) / 1_000, podSeconds: (first - created) / 1_000 };
};

interface InPlace {
  /** From the request of an apply with other labels until its answer, which says SUCCEEDED. */
  readonly noneSeconds: number;
  /** From the creation of the tasks with the new parallelism, after the end of the old ones, until the first one runs. */
  readonly pauseSeconds: number;
}

const measureInPlace = async (round: number): Promise<InPlace> => {
  const parallelism = 1 + (round % 2);
  const start = performance.now();
  const { operationId, state: result } = await apply(makeSpec(adaptive, 3 - parallelism, round));
  const noneSeconds = (performance.now() - start) / 1_000;
  if (result !== 'SUCCEEDED') throw new Error(`The apply of labels, ${operationId}, is ${result}.`);
  const { jobId } = await untilJobRuns();
  await untilSucceeded(await apply(makeSpec(adaptive, parallelism, round)));
  const times = await readTaskTimes(jobId);
  const [created, running] = [times.map(({ CREATED }) => CREATED), times.map(({ RUNNING }) => RUNNING)].map(findFirst);
  return { noneSeconds, pauseSeconds: ((running ?? Number.NaN) - (created ?? Number.NaN)) / 1_000 };
};

const downtimes: Downtime[] = [];
const inPlace: InPlace[] = [];
await untilSucceeded((await call<Accepted>('POST', clusters, makeSpec({}, 1, 0))).operation);
await untilJobRuns();
try {
  for (let round = 1; round <= Number(rounds); round += 1) {
    const measured = await measureRestart();
    downtimes.push(measured);
    const [down, pod] = [measured.downSeconds, measured.podSeconds].map((seconds) => seconds.toFixed(1));
    process.stderr.write(`round ${round}/${rounds}  down ${down} s, pods ${pod} s\n`);
  }
  await untilSucceeded(await apply(makeSpec(adaptive, 1, 0)));
  for (let round = 1; round <= Number(rounds); round += 1) {
    const measured = await measureInPlace(round);
    inPlace.push(measured);
    const [none, pause] = [measured.noneSeconds, measured.pauseSeconds].map((seconds) => seconds.toFixed(2));
    process.stderr.write(`round ${round}/${rounds}  labels ${none} s, pause of a rescale ${pause} s\n`);
  }
} finally {
  await call('POST', `${clusters}/${clusterId}/stop`, { savepoint: 'none', ha: 'purge' });
}
const medians = {
  downSeconds: median(downtimes.map(({ downSeconds }) => downSeconds)),
  podSeconds: median(downtimes.map(({ podSeconds }) => podSeconds)),
  noneSeconds: median(inPlace.map(({ noneSeconds }) => noneSeconds)),
  pauseSeconds: median(inPlace.map(({ pauseSeconds }) => pauseSeconds)),
};
const added = median(downtimes.map(({ downSeconds, podSeconds }) => downSeconds - podSeconds));
const bars = [
  atMost('downtime of a rollout − start of its pods: s', added, maxAddedSeconds),
  atMost('apply of labels: s', medians.noneSeconds, maxInPlaceSeconds),
  atMost('pause of a rescale: s', medians.pauseSeconds, maxInPlaceSeconds),
];
if (output === 'json') console.log(JSON.stringify({ downtimes, inPlace, medians, bars }, undefined, 2));
else {
  const table = new Table({ head: ['change', 'median s'], style: { head: [], border: [] } });
  table.push(
    ['rollout: no task runs', medians.downSeconds.toFixed(1)],
    ['rollout: its pods start', medians.podSeconds.toFixed(1)],
    ['apply of labels', medians.noneSeconds.toFixed(2)],
    ['rescale in place: no task runs', medians.pauseSeconds.toFixed(2)],
  );
  console.log(`${table.toString()}\n${formatBars(bars)}`);
}
process.exitCode = bars.every(({ met }) => met) ? 0 : 1;
