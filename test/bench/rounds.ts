import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

import type { Accepted } from '#events/http/accepted.ts';
import type { Upload } from '#events/http/uploads.ts';
import { root, settingsFrom } from '#local/settings.ts';
import type { LocalSystem } from '#local/system.ts';
import { jarBytes } from '#test/fakes/jars.ts';
import { type Api, openApi } from '#test/load/api.ts';
import { toClientEnvironment } from '#test/support/client-environment.ts';

import { forkWarmFunction, functionProgram, prepareDeployFunction, trustThisProcess } from './deploy-function.ts';
import { type Figures, measureProcess, time } from './measure.ts';
import { pending, pendingArguments } from './pending.ts';
import { openRawFloor } from './raw-floor.ts';
import { type RowName, rowNames } from './rows.ts';

const run = promisify(execFile);
const drey = join(root, 'cli/bin.js');

/** What the rows of a round share. */
interface Bench {
  readonly system: LocalSystem;
  readonly api: Api;
  /** `/v1/targets/<target>` */
  readonly path: string;
  readonly jar: string;
  readonly sessionScript: string;
  readonly record: (row: RowName, figures: Figures) => void;
}

interface Rounds {
  readonly counted: number;
  /** Rounds before these, which fill the caches of files, connections and containers. */
  readonly warmUps: number;
  /** Deploys of the function that is called again before the rounds, so that V8 has compiled its code. */
  readonly warmCalls: number;
}

/** Measures each row once in each round, alternately, so that other load on the machine affects all of them alike. */
export const measureRounds = async (
  system: LocalSystem,
  state: string,
  { counted, warmUps, warmCalls }: Rounds,
): Promise<Readonly<Record<RowName, readonly Figures[]>>> => {
  const figures = Object.fromEntries(rowNames.map((row) => [row, []])) as unknown as Record<RowName, Figures[]>;
  const restoreTrust = await trustThisProcess(system);
  const deployFunction = await prepareDeployFunction(system, state);
  const warm = forkWarmFunction(deployFunction);
  const raw = await openRawFloor(system);
  let isCounted = false;
  const bench = await openBench(system, (row, measured) => {
    process.stderr.write(`${row.padEnd(14)} ${measured.wallMs.toFixed(0).padStart(6)} ms\n`);
    if (isCounted) figures[row].push(measured);
  });
  const { bundle, env } = deployFunction;
  const measureWarm = () =>
    measureDeploy(bench, 'warm', async (id) => {
      const { wallMs, awsMs } = await warm.invoke(id);
      bench.record('warm-own', { wallMs: wallMs - awsMs });
      return { wallMs };
    });
  try {
    for (let call = 0; call < warmCalls; call += 1) await measureWarm();
    for (let round = 0; round < warmUps + counted; round += 1) {
      isCounted = round >= warmUps;
      await measureCreation(bench, 'raw', (id) => raw.create(id));
      await measureCreation(bench, 'flink', (id) => startWithFlink(bench, id));
      await measureDeploy(bench, 'cold', (id) => measureProcess([process.execPath, functionProgram, bundle, id], env));
      await measureWarm();
      await measureCommands(bench);
      await measureDeploy(bench, 'cli-deploy', (id) => startWithDrey(bench, id));
    }
  } finally {
    warm.end();
    raw.end();
    await restoreTrust();
  }
  return figures;
};

const openBench = async (system: LocalSystem, record: Bench['record']): Promise<Bench> => {
  const api = openApi(system);
  const path = `/v1/targets/${system.target}`;
  const { stdout } = await run(join(root, 'local/kubernetes/flink-home'), [], {
    env: { ...process.env, CLUSTER_CACHE: settingsFrom().cache },
  });
  const upload = await api<Upload>('POST', `${path}/uploads`, { name: 'bench.jar', bytes: jarBytes.byteLength });
  const stored = await fetch(upload.url, { method: 'PUT', headers: upload.headers, body: jarBytes });
  if (!stored.ok) throw new Error(`The upload of the jar was answered with ${stored.status}.`);
  return {
    system,
    api,
    path,
    jar: upload.jar,
    record,
    sessionScript: join(stdout.trim(), 'bin/kubernetes-session.sh'),
  };
};

type Start = (clusterId: string) => Promise<Figures>;

/** Creates the objects of a session without Drey, and deletes them. */
const measureCreation = async ({ system, record }: Bench, row: RowName, start: Start): Promise<void> => {
  const clusterId = makeId();
  record(row, await start(clusterId));
  await assertObjectsExist(system, clusterId);
  await kubectl(system, 'delete', 'deployment', clusterId, '--cascade=foreground');
};

/** Deploys a session, and stops it. */
const measureDeploy = async (bench: Bench, row: RowName, start: Start): Promise<void> => {
  const clusterId = makeId();
  bench.record(row, await start(clusterId));
  await assertObjectsExist(bench.system, clusterId);
  await bench.api('POST', `${bench.path}/clusters/${clusterId}/stop`, {});
  await waitForStop(bench, clusterId);
};

/** Every command on one session. */
const measureCommands = async (bench: Bench): Promise<void> => {
  const { system, api, path, jar, record } = bench;
  const clusterId = makeId();
  const cluster = `${path}/clusters/${clusterId}`;
  record('http', await time(() => api('POST', `${path}/clusters`, { mode: 'session', clusterId, config: pending })));
  await assertObjectsExist(system, clusterId);
  record('list', await time(() => api('GET', `${path}/clusters`)));
  record('cli-list', await measureProcess([process.execPath, drey, 'list'], toClientEnvironment(system)));
  const kubeconfig = ['--kubeconfig', system.kubeconfig, '-n', system.namespace];
  record('kubectl-list', await measureProcess(['kubectl', ...kubeconfig, 'get', 'deploy'], process.env));
  let operationId = '';
  const submit = async () => {
    ({ operationId } = (await api<Accepted>('POST', `${cluster}/jobs`, { jar })).operation);
  };
  record('submit', await time(submit));
  // The session does not start, so the submit stays queued.
  record('cancel', await time(() => api('POST', `${path}/queue/${operationId}/cancel`, {})));
  record('stop', await time(() => api('POST', `${cluster}/stop`, {})));
  record('removal', await time(() => waitForStop(bench, clusterId)));
};

const startWithFlink = ({ system, sessionScript }: Bench, clusterId: string): Promise<Figures> =>
  measureProcess(
    [
      sessionScript,
      `-Dkubernetes.cluster-id=${clusterId}`,
      `-Dkubernetes.namespace=${system.namespace}`,
      '-Dkubernetes.container.image.ref=flink:2.2',
      '-Dkubernetes.service-account=flink',
      ...pendingArguments,
    ],
    { ...process.env, KUBECONFIG: system.kubeconfig },
  );

const startWithDrey = ({ system }: Bench, clusterId: string): Promise<Figures> =>
  measureProcess(
    [
      process.execPath,
      drey,
      'kubernetes-session',
      '--no-wait',
      `-Dkubernetes.cluster-id=${clusterId}`,
      ...pendingArguments,
    ],
    toClientEnvironment(system),
  );

const makeId = () => `bench-${randomUUID().slice(0, 8)}`;

/** A session has a Deployment, two Services and a ConfigMap. */
const assertObjectsExist = async (system: LocalSystem, clusterId: string): Promise<void> => {
  const kinds = 'deployment,service,configmap';
  const { stdout } = await kubectl(system, 'get', kinds, '-l', `app=${clusterId}`, '-o', 'name');
  if (stdout.trim().split('\n').length !== 4) throw new Error(`${clusterId} does not have its four objects: ${stdout}`);
};

const pollMs = 100;

const waitForStop = async ({ api, path }: Bench, clusterId: string): Promise<void> => {
  const isStopped = async () =>
    (await api<{ state: string }>('GET', `${path}/clusters/${clusterId}`)).state === 'STOPPED';
  while (!(await isStopped())) await sleep(pollMs);
};

const kubectl = (system: LocalSystem, ...args: readonly string[]) =>
  run('kubectl', ['--kubeconfig', system.kubeconfig, '-n', system.namespace, ...args]);
