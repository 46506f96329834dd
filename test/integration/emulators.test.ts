import { mkdtempSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { ListBucketsCommand, S3Client } from '@aws-sdk/client-s3';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { waitFor } from '#local/services/processes.ts';
import { root, settingsFrom, stackName } from '#local/settings.ts';
import { readSystem } from '#local/system.ts';
import { drey } from '#test/support/cli.ts';
import { freshId, kubectl, system, unschedulable, until } from '#test/support/system.ts';

const state = mkdtempSync(join(tmpdir(), 'drey-emulator-'));
const kubernetesPort = 7760;
let awsUrl: string;
let emulator: ReturnType<typeof startMiniStack>;

/** Starts MiniStack as docs/local.md describes. */
const startMiniStack = (port: number) =>
  execa(join(settingsFrom().venv, 'bin/ministack'), {
    env: {
      PATH: `${dirname(process.execPath)}:${process.env['PATH'] ?? ''}`,
      GATEWAY_PORT: String(port),
      BIND_HOST: '127.0.0.1',
      MINISTACK_HOST: '127.0.0.1',
      LAMBDA_EXECUTOR: 'local',
      IOT_MTLS_ENABLED: '0',
      AUTH: 'true',
    },
    cwd: state,
    reject: false,
    stdio: 'ignore',
  });

const findFreePort = () =>
  new Promise<number>((resolve) => {
    const server = createServer();
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' ? (address?.port ?? 0) : 0));
    });
  });

const answersHealth = async (): Promise<true | undefined> => {
  try {
    return (await fetch(`${awsUrl}/_ministack/health`)).ok || undefined;
  } catch {
    return undefined; // not listening yet
  }
};

const npm = (script: 'start' | 'stop' | 'status', ...args: readonly string[]) =>
  execa(process.execPath, [join(root, `local/${script}.ts`), '--state', state, ...args], {
    all: true,
    env: { CI: '1' },
  });

beforeAll(async () => {
  const port = await findFreePort();
  awsUrl = `http://127.0.0.1:${port}`;
  emulator = startMiniStack(port);
  await waitFor('MiniStack', answersHealth, { seconds: 30, log: 'the output of MiniStack' });
});
afterAll(async () => {
  emulator.kill();
  await emulator;
});

describe('an AWS emulator that npm start did not start', () => {
  it('runs the stack beside the Kubernetes cluster of this machine, and is left as it was', async () => {
    const started = await npm(
      'start',
      '--no-demo',
      `--aws-endpoint=${awsUrl}`,
      `--kubeconfig=${system.kubeconfig}`,
      `--kubernetes-port=${kubernetesPort}`,
    );
    const apiUrl = readSystem(state)?.apiUrl ?? '';
    const status = await npm('status');
    const address =
      new RegExp(`http://127\\.0\\.0\\.1:${kubernetesPort + 7}/\\?token=\\S+`).exec(started.all)?.[0] ?? '';
    const opened = await fetch(address);
    const next = await npm('status');
    const clusterId = freshId('emulator');
    const options = Object.entries(unschedulable).map(([name, value]) => `-D${name}=${value}`);
    const deployed = await drey(
      ['kubernetes-session', '--no-wait', `-Dkubernetes.cluster-id=${clusterId}`, ...options],
      '',
      { DREY_API: apiUrl },
    );
    const find = ['get', 'deployment', clusterId, '-n', system.namespace, '-o', 'name', '--ignore-not-found'];
    const objects = await until(
      () => kubectl(...find),
      (names) => names !== '',
    );
    await kubectl('delete', 'deployment', clusterId, '-n', system.namespace);
    await npm('stop', '--clean');

    expect(apiUrl).toContain(awsUrl);
    for (const { all } of [started, status]) expect(all).toContain('EKS: the local system answers');
    expect(status.all).toContain('MiniStack 1.5.33 (not started by npm start)');
    expect(status.all).toContain(address);
    expect(opened.status).toBe(200);
    expect(next.all).toContain(new URL(address).origin);
    expect(next.all).not.toContain(address);
    await expect(fetch(address)).rejects.toThrow('fetch failed'); // It has ended.
    expect(deployed).toMatchObject({ code: 0 });
    expect(objects.trim()).toBe(`deployment.apps/${clusterId}`);
    expect(await answersHealth()).toBe(true);
    expect(await listWhatIsLeft()).toEqual({ stack: undefined, tables: [], buckets: [] });
  });
});

const listWhatIsLeft = async () => {
  const config = { endpoint: awsUrl, region: system.region, credentials: system.credentials };
  const found = await new CloudFormationClient(config)
    .send(new DescribeStacksCommand({ StackName: stackName }))
    .catch(() => undefined);
  const { TableNames } = await new DynamoDBClient(config).send(new ListTablesCommand());
  const { Buckets = [] } = await new S3Client(config).send(new ListBucketsCommand());
  return { stack: found?.Stacks?.[0]?.StackName, tables: TableNames, buckets: Buckets.map(({ Name }) => Name) };
};
