import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

import { sign } from '#cli/api/sign.ts';
import { root, settingsFrom } from '#local/settings.ts';
import type { LocalSystem } from '#local/system.ts';

import {
  type DeployFunction,
  forkWarmFunction,
  functionProgram,
  prepareDeployFunction,
  trustThisProcess,
  type WarmFunction,
} from './deploy-function.ts';
import { type Figures, measureProcess } from './measure.ts';

const run = promisify(execFile);

/** The ways to start a session, with the labels of the report. */
export const ways = {
  flink: 'kubernetes-session.sh, whole process',
  'drey-cold': "Drey's function, whole process (cold start)",
  'drey-warm': "Drey's function, called again (warm)",
  'drey-http': 'Drey, HTTP request until 202',
} as const;
export type Way = keyof typeof ways;
export const wayNames = Object.keys(ways) as Way[]; // the keys of the table

type Start = (clusterId: string) => Promise<Figures>;

/** Starts sessions in turn by each way, and removes each session before the next one. */
export const measureSessionStarts = async (
  system: LocalSystem,
  state: string,
  rounds: number,
): Promise<Readonly<Record<Way, readonly Figures[]>>> => {
  await trustThisProcess(system);
  const deployFunction = await prepareDeployFunction(system, state);
  const sessionScript = await findSessionScript();
  const warmFunction = forkWarmFunction(deployFunction);
  const starts = createStarts(system, sessionScript, deployFunction, warmFunction);
  const figures: Record<Way, Figures[]> = { flink: [], 'drey-cold': [], 'drey-warm': [], 'drey-http': [] };
  try {
    // Round 0 is not counted, because it fills the caches of files and containers.
    for (let round = 0; round <= rounds; round += 1) {
      for (const way of wayNames) {
        const result = await measureStart(system, way, starts[way]);
        if (round > 0) figures[way].push(result);
        const wallMs = result.wallMs.toFixed(0).padStart(6);
        process.stderr.write(`round ${round}/${rounds}  ${way.padEnd(10)} ${wallMs} ms\n`);
      }
    }
  } finally {
    warmFunction.end();
  }
  return figures;
};

const findSessionScript = async (): Promise<string> => {
  const { stdout } = await run(join(root, 'local/kubernetes/flink-home'), [], {
    env: { ...process.env, CLUSTER_CACHE: settingsFrom().cache },
  });
  return join(stdout.trim(), 'bin/kubernetes-session.sh');
};

const createStarts = (
  system: LocalSystem,
  sessionScript: string,
  { bundle, env }: DeployFunction,
  warmFunction: WarmFunction,
): Readonly<Record<Way, Start>> => ({
  flink: (clusterId) =>
    measureProcess(
      [
        sessionScript,
        `-Dkubernetes.cluster-id=${clusterId}`,
        `-Dkubernetes.namespace=${system.namespace}`,
        '-Dkubernetes.container.image.ref=flink:2.2',
        '-Dkubernetes.service-account=flink',
      ],
      { ...process.env, KUBECONFIG: system.kubeconfig },
    ),
  'drey-cold': (clusterId) => measureProcess([process.execPath, functionProgram, bundle, clusterId], env),
  'drey-warm': async (clusterId) => ({ wallMs: await warmFunction.invoke(clusterId) }),
  'drey-http': async (clusterId) => {
    const startMs = performance.now();
    const { status } = await request(system, 'POST', getClustersPath(system), { mode: 'session', clusterId });
    if (status !== 202) throw new Error(`deploy answered ${status}`);
    return { wallMs: performance.now() - startMs };
  },
});

const measureStart = async (system: LocalSystem, way: Way, start: Start): Promise<Figures> => {
  const clusterId = `bench-${randomUUID().slice(0, 8)}`;
  const figures = await start(clusterId);
  await assertObjectsExist(system, clusterId);
  await removeSession(system, way, clusterId);
  return figures;
};

const assertObjectsExist = async (system: LocalSystem, clusterId: string): Promise<void> => {
  const kinds = 'deployment,service,configmap';
  const { stdout } = await kubectl(system, 'get', kinds, '-l', `app=${clusterId}`, '-o', 'name');
  if (stdout.trim().split('\n').length !== 4) throw new Error(`${clusterId} does not have its four objects: ${stdout}`);
};

const removeSession = async (system: LocalSystem, way: Way, clusterId: string): Promise<void> => {
  if (way === 'flink') {
    await kubectl(system, 'delete', 'deployment', clusterId, '--cascade=foreground');
    return;
  }
  const path = `${getClustersPath(system)}/${clusterId}`;
  await request(system, 'POST', `${path}/stop`, {});
  while ((await request(system, 'GET', path)).body.state !== 'STOPPED') await sleep(200);
};

const kubectl = (system: LocalSystem, ...args: readonly string[]) =>
  run('kubectl', ['--kubeconfig', system.kubeconfig, '-n', system.namespace, ...args]);

const getClustersPath = ({ target }: LocalSystem): string => `/v1/targets/${target}/clusters`;

const request = async (system: LocalSystem, method: string, path: string, body?: unknown) => {
  const url = new URL(`${system.apiUrl}${path}`);
  const text = body === undefined ? undefined : JSON.stringify(body);
  const headers = await sign(
    { method, url, headers: {}, body: text },
    { region: system.region, credentials: async () => system.credentials },
  );
  const response = await fetch(url, { method, headers, ...(text === undefined ? {} : { body: text }) });
  return { status: response.status, body: (await response.json()) as { state?: string } };
};
