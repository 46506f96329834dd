import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

import type { AwsCredentialIdentity } from '@smithy/types';
import { expect, inject } from 'vitest';

import { sign } from '#cli/api/sign.ts';
import type { Cluster } from '#events/records/cluster.ts';
import type { Accepted } from '#events/http/accepted.ts';
import type { Job } from '#events/records/job.ts';
import type { Operation } from '#events/records/operation.ts';
import type { Transition } from '#events/records/transitions.ts';
import type { LocalSystem } from '#local/system.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    system: LocalSystem;
  }
}

/** The system that the tests run against. */
export const system = inject('system');

export const aws = { endpoint: system.awsUrl, region: system.region, credentials: system.credentials };

export interface Answer<T = Record<string, unknown>> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: T;
}

/** Returns a function that sends requests to the API with the signature of a caller. */
export const signedBy =
  (caller: AwsCredentialIdentity) =>
  async <T = Record<string, unknown>>(
    method: string,
    path: string,
    body?: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answer<T>> => {
    const url = new URL(`${system.apiUrl}${path}`);
    const text = body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body);
    const credentials = async () => caller;
    const signed = await sign({ method, url, headers, body: text }, { region: system.region, credentials });
    const response = await fetch(url, { method, headers: signed, ...(text === undefined ? {} : { body: text }) });
    // 304 has no body.
    const answer = (response.status === 304 ? {} : await response.json()) as T;
    return { status: response.status, headers: response.headers, body: answer };
  };

/** Sends a request of the administrator to the API. */
export const call = signedBy(system.credentials);

const clustersOf = (target: string) => `/v1/targets/${target}/clusters`;
export const clusterPath = (clusterId: string, target = system.target) => `${clustersOf(target)}/${clusterId}`;

export const deploy = (body: unknown, headers: Readonly<Record<string, string>> = {}, target = system.target) =>
  call<Accepted>('POST', clustersOf(target), body, headers);

/** A deploy that must be accepted. @throws Error with the problem when it is refused. */
export const startCluster = async (body: unknown, target = system.target): Promise<Operation> => {
  const { status, body: answer } = await deploy(body, {}, target);
  if (status !== 202) throw new Error(`The deploy was refused with ${status}: ${JSON.stringify(answer)}`);
  return answer.operation;
};

export const stop = (clusterId: string, body: unknown = {}, target = system.target) =>
  call<Accepted>('POST', `${clusterPath(clusterId, target)}/stop`, body);

/** Asks until the answer is the expected one. The timeout of the test ends it. */
export const until = async <T>(ask: () => Promise<T>, wanted: (answer: T) => boolean, everyMs = 500): Promise<T> => {
  for (;;) {
    const answer = await ask();
    if (wanted(answer)) return answer;
    await sleep(everyMs);
  }
};

export const untilDone = (operationId: string) =>
  until(
    async () => (await call<Operation>('GET', `/v1/targets/${system.target}/operations/${operationId}`)).body,
    ({ state }) => ['SUCCEEDED', 'FAILED', 'CANCELED'].includes(state),
  );

export const untilState = (clusterId: string, state: Cluster['state'], target = system.target) =>
  until(
    async () => (await call<Cluster>('GET', clusterPath(clusterId, target))).body,
    (cluster) => cluster.state === state,
  );

export const listJobs = async (clusterId: string): Promise<readonly Job[]> =>
  (await call<{ jobs: Job[] }>('GET', `${clusterPath(clusterId)}/jobs`)).body.jobs;

/** The job of a cluster, once it is recorded as RUNNING. */
export const untilJobRuns = async (clusterId: string): Promise<Job | undefined> => {
  const isRunning = ({ state }: Job) => state === 'RUNNING';
  return (
    await until(
      () => listJobs(clusterId),
      (jobs) => jobs.some(isRunning),
    )
  ).find(isRunning);
};

export const listTransitions = async (clusterId: string): Promise<readonly Transition[]> =>
  (await call<{ transitions: Transition[] }>('GET', `${clusterPath(clusterId)}/events?limit=500`)).body.transitions;

const run = promisify(execFile);

export const kubectl = async (...args: readonly string[]): Promise<string> =>
  (await run('kubectl', ['--kubeconfig', system.kubeconfig, ...args])).stdout;

/** The savepoint from which a job started, as Flink reports it. */
const restoredFrom = async (cluster: string, jobId: string) => {
  const path = `/api/v1/namespaces/${system.namespace}/services/${cluster}-rest:rest/proxy/v1/jobs/${jobId}/checkpoints`;
  const { latest } = JSON.parse(await kubectl('get', '--raw', path)) as {
    latest: { restored: { external_path: string } | null };
  };
  return latest.restored?.external_path;
};
/** The same, as soon as Flink knows the job. */
export const untilRestored = (cluster: string, jobId: string) =>
  until(
    () => restoredFrom(cluster, jobId).catch(() => undefined),
    (path) => path !== undefined,
  );

/** The names of all objects with the label of a cluster. */
export const listObjects = async (clusterId: string, namespace = system.namespace): Promise<readonly string[]> =>
  (
    await kubectl(
      'get',
      'deployment,replicaset,pod,service,configmap',
      '-n',
      namespace,
      '-l',
      `app=${clusterId}`,
      '-o',
      'name',
    )
  )
    .split('\n')
    .filter((name) => name !== '');

/** The Deployment of a cluster: another uid is another incarnation, and another generation has another spec. */
export const readDeployment = async (clusterId: string): Promise<string> =>
  kubectl(
    'get',
    'deployment',
    clusterId,
    '-n',
    system.namespace,
    '-o',
    'jsonpath={.metadata.uid} {.metadata.generation}',
  );

/** The events on the bus, in the order of their arrival. */
export const readEvents = (): readonly { readonly 'detail-type': string; readonly detail: Record<string, unknown> }[] =>
  readFileSync(system.eventsFile, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as { 'detail-type': string; detail: Record<string, unknown> });

/** The events of a cluster. */
export const listEventsOf = (clusterId: string) =>
  readEvents().filter(({ detail }) => detail['clusterId'] === clusterId);

/** The events of a cluster of one type. */
export const listEvents = (clusterId: string, type: string) =>
  listEventsOf(clusterId).filter((event) => event['detail-type'] === type);

/** Expects that a cluster was stopped once for this reason, without objects left, and with all of its events. */
export const hasEnded = async (clusterId: string, reason: string): Promise<Cluster> => {
  const ended = await untilState(clusterId, 'STOPPED');
  const stops = (await listTransitions(clusterId)).filter(({ to }) => to === 'STOPPING');
  const states = await until(
    async () => listEvents(clusterId, 'Flink Cluster State Change').map(({ detail }) => detail['to']),
    (list) => list.at(-1) === 'STOPPED',
  );

  expect(ended).toMatchObject({ reason });
  expect(stops).toMatchObject([{ reason }]);
  // On a busy machine the end may come before the cluster is RUNNING.
  expect(states.filter((state) => state !== 'RUNNING')).toEqual(['REQUESTED', 'DEPLOYING', 'STOPPING', 'STOPPED']);
  expect(await listObjects(clusterId)).toEqual([]);
  return ended;
};

/** The state changes of a cluster and its jobs. */
export const listStateChanges = (clusterId: string) =>
  listEventsOf(clusterId).filter((event) => event['detail-type'].endsWith('State Change'));

/** A cluster id that no other test has. */
export const freshId = (word: string) => `${word}-${randomUUID().slice(0, 8)}`;

/** Flink options for several clusters on a small machine. */
export const small = {
  'jobmanager.memory.process.size': '1g',
  'taskmanager.memory.process.size': '1g',
  // Many JVMs that start at once take longer than the ten seconds that Flink gives its actors.
  'pekko.startup-timeout': '60s',
} as const;

/** Flink options that no node matches, so that the JobManager stays pending. */
export const unschedulable = { 'kubernetes.jobmanager.node-selector': 'drey.test/none:here' } as const;

/** Suspends the API server during some work. Requests wait until then. */
export const withoutApiServer = async (work: () => Promise<unknown>): Promise<void> => {
  // The file starts with the process id.
  const pid = Number.parseInt(await readFile(join(dirname(system.kubeconfig), 'pid', 'kube-apiserver'), 'utf8'), 10);
  process.kill(pid, 'SIGSTOP');
  try {
    await work();
  } finally {
    process.kill(pid, 'SIGCONT');
  }
};
