/**
 * `npm run bench:downtime`: restarts an application with its state, and measures the time from the end of its job until the first
 * task of the next one runs. It needs a local system with a node, such as that of `npm start`.
 */
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

import Table from 'cli-table3';
import { Command } from 'commander';

import type { Accepted } from '#events/http/accepted.ts';
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

interface Downtime {
  /** From the end of the old job until the first task of the new one runs. */
  readonly downSeconds: number;
  /** From the creation of the JobManager's pod until the first task runs. */
  readonly podSeconds: number;
}

const { rounds, state, output } = new Command('npm run bench:downtime --')
  .option('--rounds <n>', 'counted restarts', '5')
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

const operations = `/v1/targets/${system.target}/operations`;

/** @throws Error when the operation has failed. */
const readOperation = async (operationId: string): Promise<Operation> => {
  const operation = await call<Operation>('GET', `${operations}/${operationId}`);
  if (operation.state === 'FAILED' || operation.state === 'CANCELED')
    throw new Error(`${operation.kind} is ${operation.state}: ${operation.problem?.detail ?? ''}`);
  return operation;
};

const untilSucceeded = ({ operationId }: Pick<Operation, 'operationId'>): Promise<true> =>
  until(async () => ((await readOperation(operationId)).state === 'SUCCEEDED' ? true : undefined));

/** An application with a job that keeps state, in an image of the local system. */
const startApplication = async (): Promise<void> => {
  const folder = `s3://${system.podBucket}/${clusterId}`;
  const plugin = `flink-s3-fs-hadoop-${getPatchRelease('2.2')}.jar`;
  const body = {
    clusterId,
    mode: 'application',
    image: 'flink:2.2',
    job: { jar: 'local:///opt/flink/examples/streaming/TopSpeedWindowing.jar' },
    config: {
      'jobmanager.memory.process.size': '1g',
      'taskmanager.memory.process.size': '1g',
      'execution.checkpointing.interval': '2s',
      'execution.checkpointing.dir': `${folder}/checkpoints`,
      'execution.checkpointing.savepoint-dir': `${folder}/savepoints`,
      'containerized.master.env.ENABLE_BUILT_IN_PLUGINS': plugin,
      'containerized.taskmanager.env.ENABLE_BUILT_IN_PLUGINS': plugin,
    },
  };
  await untilSucceeded((await call<Accepted>('POST', clusters, body)).operation);
  await untilJobRuns();
};

const kubectl = async (...args: readonly string[]): Promise<unknown> =>
  JSON.parse((await run('kubectl', ['--kubeconfig', system.kubeconfig, '-n', system.namespace, ...args])).stdout);

const readFlink = (path: string): Promise<unknown> =>
  kubectl(
    'get',
    '--raw',
    `/api/v1/namespaces/${system.namespace}/services/${clusterId}-rest:rest/proxy/v1/jobs/${path}`,
  );

/** When the first task of a job was RUNNING, in milliseconds. @see Flink 2.2 `SubtasksTimesInfo` */
const readFirstTask = async (jobId: string): Promise<number> => {
  const { vertices } = (await readFlink(jobId)) as { vertices: { id: string }[] };
  const times = await Promise.all(
    vertices.map(async ({ id }) => {
      const answer = await readFlink(`${jobId}/vertices/${id}/subtasktimes`);
      const { subtasks } = answer as { subtasks: { timestamps: { RUNNING: number } }[] };
      return subtasks.map(({ timestamps }) => timestamps.RUNNING);
    }),
  );
  return Math.min(...times.flat().filter((time) => time > 0));
};

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
    await readOperation(operation.operationId);
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

const downtimes: Downtime[] = [];
await startApplication();
try {
  for (let round = 1; round <= Number(rounds); round += 1) {
    const measured = await measureRestart();
    downtimes.push(measured);
    const [down, pod] = [measured.downSeconds, measured.podSeconds].map((seconds) => seconds.toFixed(1));
    process.stderr.write(`round ${round}/${rounds}  down ${down} s, pods ${pod} s\n`);
  }
} finally {
  await call('POST', `${clusters}/${clusterId}/stop`, { savepoint: 'none', ha: 'purge' });
}
const medians = {
  downSeconds: median(downtimes.map(({ downSeconds }) => downSeconds)),
  podSeconds: median(downtimes.map(({ podSeconds }) => podSeconds)),
};
const added = median(downtimes.map(({ downSeconds, podSeconds }) => downSeconds - podSeconds));
const bars = [atMost('downtime of a rollout − start of its pods: s', added, maxAddedSeconds)];
if (output === 'json') console.log(JSON.stringify({ downtimes, medians, bars }, undefined, 2));
else {
  const table = new Table({ head: ['rollout', 'median s'], style: { head: [], border: [] } });
  table.push(['no task runs', medians.downSeconds.toFixed(1)], ['its pods start', medians.podSeconds.toFixed(1)]);
  console.log(`${table.toString()}\n${formatBars(bars)}`);
}
process.exitCode = bars.every(({ met }) => met) ? 0 : 1;
