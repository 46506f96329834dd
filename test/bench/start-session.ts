/** `npm run bench`: compares the start of a session by Drey with that by Flink's client, on one API server. */
import { type ChildProcess, execFile, fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

import { GetRoleCommand, IAMClient, UpdateAssumeRolePolicyCommand } from '@aws-sdk/client-iam';
import Table from 'cli-table3';
import { Command } from 'commander';

import { sign } from '#cli/api/sign.ts';
import { awsEnvironment, root, settingsFrom } from '#local/settings.ts';
import { type LocalSystem, readSystem, startLocal, stopLocal } from '#local/system.ts';
import { renderCluster } from '#shared/flink/manifests.ts';

import type { Invoked } from './function.ts';
import { median, startUp, type StartUp, startUpTable } from './start-up.ts';

const run = promisify(execFile);
const own = {
  state: join(root, '.local/bench'),
  port: 4766,
  kubernetesPort: 7943,
  kubernetesNet: '10.83',
  controlPlaneOnly: true,
} as const;

interface Figures {
  readonly wallMs: number;
  readonly cpuMs?: number;
  readonly peakMebibytes?: number;
}
type Way = 'flink' | 'drey-cold' | 'drey-warm' | 'drey-http';
const ways: Readonly<Record<Way, string>> = {
  flink: 'kubernetes-session.sh, whole process',
  'drey-cold': "Drey's function, whole process (cold start)",
  'drey-warm': "Drey's function, called again (warm)",
  'drey-http': 'Drey, HTTP request until 202',
};

/** Runs a program to its end, and returns the resource usage of its process tree as the operating system reports it. */
const measured = async (command: readonly string[], env: NodeJS.ProcessEnv): Promise<Figures> => {
  const account = `
import json, resource, subprocess, sys, time
began = time.monotonic()
done = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
wall = time.monotonic() - began
used = resource.getrusage(resource.RUSAGE_CHILDREN)
if done.returncode: sys.exit(done.stderr.decode()[-2000:])
print(json.dumps({"wallMs": wall * 1e3, "cpuMs": (used.ru_utime + used.ru_stime) * 1e3, "peakMebibytes": used.ru_maxrss / 1024}))`;
  const { stdout } = await run('python3', ['-c', account, ...command], { env });
  return JSON.parse(stdout) as Figures;
};

/** The deployed bundle of `deploy`, and its environment in the stack. */
const deployFunction = async (system: LocalSystem, state: string) => {
  const folder = mkdtempSync(join(tmpdir(), 'drey-bench-'));
  await run('python3', ['-m', 'zipfile', '-e', join(state, 'package/deploy.zip'), folder]);
  const output = (name: string) => system.outputs[name] ?? '';
  const env = {
    ...awsEnvironment({ awsUrl: system.awsUrl }),
    DREY_VERSION: 'bench',
    DREY_TABLE: output('TableName'),
    DREY_BUS: output('EventBusName'),
    DREY_BUCKET: output('BucketName'),
    DREY_REJECTED_QUEUE_URL: output('RejectedCommandQueueUrl'),
    DREY_RECONCILE_QUEUE_URL: output('ReconcileQueueUrl'),
    DREY_ADMISSION_QUEUE_URL: output('AdmissionQueueUrl'),
    DREY_COMMAND_QUEUE_URL: output('CommandQueueUrl'),
    DREY_DEAD_LETTER_QUEUE_URL: output('CommandDeadLetterQueueUrl'),
    DREY_STATE_MACHINE_ARN_PREFIX: `arn:aws:states:${system.region}:${system.account}:stateMachine:${output('TableName')}-`,
    DREY_KUBERNETES_ROLE_ARN: output('KubernetesRoles'),
    POWERTOOLS_LOG_LEVEL: 'CRITICAL',
    POWERTOOLS_METRICS_DISABLED: 'true',
  };
  return { bundle: join(folder, 'functions/deploy.mjs'), env };
};

/** Lets this process assume the role that clusters know, which trusts only the functions. */
const trustOurselves = async (system: LocalSystem) => {
  const iam = new IAMClient({ endpoint: system.awsUrl, region: system.region, credentials: system.credentials });
  const RoleName = system.outputs['KubernetesRoles']?.split('/').at(-1);
  const { Role } = await iam.send(new GetRoleCommand({ RoleName }));
  const policy = JSON.parse(decodeURIComponent(Role?.AssumeRolePolicyDocument ?? '')) as { Statement: unknown[] };
  const Principal = { AWS: `arn:aws:iam::${system.account}:root` };
  policy.Statement.push({ Effect: 'Allow', Principal, Action: 'sts:AssumeRole' });
  await iam.send(new UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument: JSON.stringify(policy) }));
};

/** A warm container: one call after the other in one process. */
const warmFunction = async (bundle: string, env: NodeJS.ProcessEnv) => {
  const child: ChildProcess = fork(join(import.meta.dirname, 'function.ts'), [bundle], { env });
  const invoke = (clusterId: string) =>
    new Promise<number>((resolve, reject) => {
      child.once('message', (message) => {
        const { wallMs, status, body } = message as Invoked; // what function.ts sends
        if (status === 202) resolve(wallMs);
        else reject(new Error(`deploy answered ${status}: ${body}`));
      });
      child.send(clusterId);
    });
  return { invoke, end: () => child.kill() };
};

const http = async (system: LocalSystem, method: string, path: string, body?: unknown) => {
  const url = new URL(`${system.apiUrl}${path}`);
  const text = body === undefined ? undefined : JSON.stringify(body);
  const headers = await sign(
    { method, url, headers: {}, body: text },
    { region: system.region, credentials: async () => system.credentials },
  );
  const response = await fetch(url, { method, headers, ...(text === undefined ? {} : { body: text }) });
  return { status: response.status, body: (await response.json()) as { state?: string } };
};

const bench = async (system: LocalSystem, state: string, rounds: number) => {
  await trustOurselves(system);
  const { bundle, env } = await deployFunction(system, state);
  const warm = await warmFunction(bundle, env);
  const { stdout } = await run(join(root, 'local/kubernetes/flink-home'), [], {
    env: { ...process.env, CLUSTER_CACHE: settingsFrom().cache },
  });
  const session = join(stdout.trim(), 'bin/kubernetes-session.sh');
  const clusters = `/v1/targets/${system.target}/clusters`;
  const kubectl = (...args: readonly string[]) =>
    run('kubectl', ['--kubeconfig', system.kubeconfig, '-n', system.namespace, ...args]);

  const start: Readonly<Record<Way, (clusterId: string) => Promise<Figures>>> = {
    flink: (clusterId) =>
      measured(
        [
          session,
          `-Dkubernetes.cluster-id=${clusterId}`,
          `-Dkubernetes.namespace=${system.namespace}`,
          '-Dkubernetes.container.image.ref=flink:2.2',
          '-Dkubernetes.service-account=flink',
        ],
        { ...process.env, KUBECONFIG: system.kubeconfig },
      ),
    'drey-cold': (clusterId) =>
      measured([process.execPath, join(import.meta.dirname, 'function.ts'), bundle, clusterId], env),
    'drey-warm': async (clusterId) => ({ wallMs: await warm.invoke(clusterId) }),
    'drey-http': async (clusterId) => {
      const began = performance.now();
      const { status } = await http(system, 'POST', clusters, { mode: 'session', clusterId });
      if (status !== 202) throw new Error(`deploy answered ${status}`);
      return { wallMs: performance.now() - began };
    },
  };

  const waitUntilExists = async (clusterId: string) => {
    const { stdout: names } = await kubectl(
      'get',
      'deployment,service,configmap',
      '-l',
      `app=${clusterId}`,
      '-o',
      'name',
    );
    if (names.trim().split('\n').length !== 4) throw new Error(`${clusterId} has not the four objects: ${names}`);
  };
  const remove = async (way: Way, clusterId: string) => {
    if (way === 'flink') {
      await kubectl('delete', 'deployment', clusterId, '--cascade=foreground');
      return;
    }
    await http(system, 'POST', `${clusters}/${clusterId}/stop`, {});
    while ((await http(system, 'GET', `${clusters}/${clusterId}`)).body.state !== 'STOPPED') await sleep(200);
  };

  const figures: Record<Way, Figures[]> = { flink: [], 'drey-cold': [], 'drey-warm': [], 'drey-http': [] };
  try {
    // The first call of each is not counted, because it warms files and containers.
    for (let round = 0; round <= rounds; round += 1) {
      for (const way of Object.keys(ways) as Way[]) {
        const clusterId = `bench-${randomUUID().slice(0, 8)}`;
        const result = await start[way](clusterId);
        await waitUntilExists(clusterId);
        await remove(way, clusterId);
        if (round > 0) figures[way].push(result);
        process.stderr.write(
          `round ${round}/${rounds}  ${way.padEnd(10)} ${result.wallMs.toFixed(0).padStart(6)} ms\n`,
        );
      }
    }
  } finally {
    warm.end();
  }
  return figures;
};

const rendering = () => {
  const times: number[] = [];
  for (let time = 0; time < 10_000; time += 1) {
    const began = performance.now();
    renderCluster({
      mode: 'session',
      clusterId: 'bench',
      namespace: 'flink',
      config: { 'taskmanager.numberOfTaskSlots': '4' },
    });
    times.push(performance.now() - began);
  }
  return median(times);
};

const medians = (figures: readonly Figures[]) => {
  const of = (key: keyof Figures) => {
    const values = figures.flatMap((figure) => figure[key] ?? []);
    return values.length === 0 ? undefined : median(values);
  };
  return { wallMs: of('wallMs'), cpuMs: of('cpuMs'), peakMebibytes: of('peakMebibytes') };
};

const startUpRounds = 31;

const main = async () => {
  const program = new Command('npm run bench --')
    .option('--rounds <n>', 'counted rounds', '7')
    .option('--state <folder>', 'a system of npm start that runs already; by default one is started and stopped')
    .option('--output <form>', 'table or json', 'table');
  const { rounds, state, output } = program.parse().opts<{ rounds: string; state?: string; output: string }>();
  const startUps = await startUp(startUpRounds);
  const system = state === undefined ? await startLocal(own) : readSystem(state);
  if (system === undefined) throw new Error(`no system runs with state ${state ?? ''}`);
  try {
    const figures = await bench(system, state ?? own.state, Number(rounds));
    const renderMs = rendering();
    const rows = (Object.keys(ways) as Way[]).map((way) => ({ way, ...medians(figures[way]) }));
    const real = rows[0]?.wallMs ?? Number.NaN;
    const report = {
      machine: cpuOf(),
      rounds: Number(rounds),
      rows: rows.map((row) => ({ ...row, timesFaster: real / (row.wallMs ?? Number.NaN) })),
      renderMs,
      startUps,
    };
    if (output === 'json') console.log(JSON.stringify(report, undefined, 2));
    else print(report);
  } finally {
    if (state === undefined) await stopLocal({ state: own.state, clean: true });
  }
};

const print = ({
  rounds,
  rows,
  renderMs,
  startUps,
}: {
  rounds: number;
  renderMs: number;
  startUps: readonly StartUp[];
  rows: readonly ({ way: Way; timesFaster: number } & ReturnType<typeof medians>)[];
}) => {
  const table = new Table({
    head: ['start a session', 'wall ms', 'CPU ms', 'peak MiB', 'times faster'],
    style: { head: [], border: [] },
  });
  const show = (value: number | undefined, digits = 0) => value?.toFixed(digits) ?? '';
  for (const { way, wallMs, cpuMs, peakMebibytes, timesFaster } of rows)
    table.push([ways[way], show(wallMs), show(cpuMs), show(peakMebibytes), show(timesFaster, 1)]);
  console.log(`medians of ${rounds} rounds, in turn, on ${cpuOf()}`);
  console.log(table.toString());
  console.log(`rendering a session's manifests: median ${renderMs.toFixed(3)} ms of 10,000`);
  console.log(startUpTable(startUps));
};

const cpuOf = () => {
  const lines = readFileSync('/proc/cpuinfo', 'utf8').split('\n');
  return `${lines.filter((line) => line.startsWith('processor')).length} processors`;
};

await main();
