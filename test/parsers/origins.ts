import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll } from 'vitest';

import type { FlinkVersion } from '#events/flink-version.ts';
import { schedulesHandler } from '#functions/schedules.ts';
import { specsHandler } from '#functions/specs.ts';
import type { Manifests } from '#shared/flink/manifests/manifests.ts';
import { jarBytes } from '#test/fakes/jars.ts';
import { callHandler, deliverTimerEvent, makeHttpEvent } from '#test/fakes/lambda.ts';
import { sendHttp, sendMessage } from '#test/fakes/origins.ts';
import { makeWorld, runQueues, type World } from '#test/fakes/world.ts';
import { drey, packageFolder, spawnProgram } from '#test/unit/cli/drey.ts';
import { accepted, cluster, oneTarget } from '#test/unit/cli/loopback-api.ts';
import { useLoopbackApi } from '#test/unit/cli/setup.ts';

/** What a caller writes. */
export interface Written {
  readonly flinkVersion: FlinkVersion;
  readonly args: readonly string[];
  readonly config: Readonly<Record<string, string>>;
}

/** What the API made of it. */
export interface Made {
  /** Undefined when it refused the command. */
  readonly manifests: Manifests | undefined;
}

const clusterId = 'etl';
const jar = 'local:///opt/flink/usrlib/etl.jar';
const target = 'local';

const toDeploy = ({ flinkVersion, args, config }: Written) => ({
  mode: 'application',
  flinkVersion,
  job: { jar, args },
  config,
});

/** The first cluster of the world, which is that of a row if the command is a batch. */
const getMade = ({ kubernetes }: World): Made => ({ manifests: [...kubernetes.clusters.values()][0]?.manifests });

type Deploy = (written: Written) => Promise<Made>;

const sendBody = async (body: Readonly<Record<string, unknown>>): Promise<Made> => {
  const world = makeWorld();
  await sendHttp('deploy', { clusterId, data: body }, world);
  return getMade(world);
};

const deployByQueue: Deploy = async (written) => {
  const world = makeWorld();
  await sendMessage('deploy', { clusterId, data: toDeploy(written) }, world);
  return getMade(world);
};

const deployByBatch: Deploy = async (written) => {
  const world = makeWorld();
  await sendHttp('batch', { data: { name: 'rows', template: toDeploy(written), parameters: [{}] } }, world);
  await runQueues(world);
  return getMade(world);
};

const callSpec = (method: string, world: World, body?: unknown) =>
  callHandler(
    specsHandler(world.ports),
    makeHttpEvent(`${method} /v1/targets/{target}/specs/{name}`, { target, name: 'spec' }, { body }),
  );

const deployStoredSpec: Deploy = async (written) => {
  const world = makeWorld();
  await callSpec('PUT', world, { ...toDeploy(written), clusterId });
  const { body } = await callSpec('GET', world);
  return sendBody((body['deploy'] ?? {}) as Readonly<Record<string, unknown>>); // The body that was stored.
};

const deployBySchedule: Deploy = async (written) => {
  const world = makeWorld();
  await callSpec('PUT', world, { ...toDeploy(written), clusterId });
  const definition = { action: 'deploy', expression: 'cron(0 7 ? * MON-FRI *)', spec: 'spec' };
  await callHandler(
    schedulesHandler(world.ports),
    makeHttpEvent('PUT /v1/targets/{target}/schedules/{name}', { target, name: 'daily' }, { body: definition }),
  );
  const [timer] = world.timers.recurring.values();
  if (timer !== undefined)
    await deliverTimerEvent({ ...timer.timerEvent, scheduledAt: '2026-11-23T19:00:00Z' }, world.ports);
  return getMade(world);
};

/** The words of a command line. */
const toWords = ({ flinkVersion, args, config }: Written): readonly string[] => [
  'run-application',
  `-Dkubernetes.cluster-id=${clusterId}`,
  `-Ddrey.flink-version=${flinkVersion}`,
  ...Object.entries(config).map(([key, value]) => `-D${key}=${value}`),
  jar,
  ...args,
];

/** Deploys through the command line. Its request goes to the API's functions. */
const useCommandLine = () => {
  const server = useLoopbackApi();
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'drey-'));
  });
  afterAll(() => rm(folder, { recursive: true }));
  const capture = async (run: () => Promise<unknown>): Promise<Made> => {
    const clusters = '/v1/targets/local/clusters';
    server.answer({
      'GET /v1/targets': oneTarget,
      [`POST ${clusters}`]: accepted({ clusterId }),
      [`GET ${clusters}/${clusterId}`]: { body: cluster({ clusterId, mode: 'application' }) },
    });
    await run();
    const body = server.received.find(({ method }) => method === 'POST')?.json;
    return sendBody((body ?? {}) as Readonly<Record<string, unknown>>); // A body of JSON.
  };
  const deployByCli: Deploy = (written) => capture(() => drey(toWords(written), { api: server.url }));
  const deployByScript: Deploy = (written) =>
    capture(() => {
      const path = `${join(packageFolder, 'node_modules/node/bin')}:${process.env['PATH'] ?? ''}`;
      const env = { PATH: path, HOME: folder };
      return spawnProgram(join(packageFolder, 'bin/flink'), toWords(written), { api: server.url, env }).ended;
    });
  return { deployByCli, deployByScript };
};

/** Every way into Drey. The last one starts a process. */
export const useOrigins = () => {
  const { deployByCli, deployByScript } = useCommandLine();
  const inProcess = {
    HTTP: (written: Written) => sendBody(toDeploy(written)),
    'the queue': deployByQueue,
    'a batch': deployByBatch,
    'a stored spec': deployStoredSpec,
    'a schedule': deployBySchedule,
    drey: deployByCli,
  } as const;
  return { inProcess, deployByScript };
};

/** Submits a job to a session. Returns the request that runs its jar; undefined when the submit was refused. */
export const submit = async ({ flinkVersion, args, config }: Written): Promise<unknown> => {
  const world = makeWorld();
  const uploaded = 's3://bucket/uploads/local/1/job.jar';
  world.jars.stored.set(uploaded, jarBytes);
  await sendHttp('deploy', { clusterId, data: { mode: 'session', flinkVersion } }, world);
  await world.workflows.runAll(world.ports);
  await sendHttp('submit', { clusterId, data: { jar: uploaded, args, config } }, world);
  await world.workflows.runAll(world.ports);
  const requests = world.kubernetes.cluster(clusterId).flink.requests;
  return requests.find(({ method, path }) => method === 'POST' && path.endsWith('/run'))?.json;
};
