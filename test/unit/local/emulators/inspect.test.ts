import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { afterEach, describe, expect, it } from 'vitest';

import { inspectEmulator } from '#local/emulators/inspect.ts';
import { findLacks, findMissingServices } from '#local/emulators/lacks.ts';

const shared = ['cloudformation', 'dynamodb', 'dynamodbstreams', 'events', 'iam', 'lambda', 'logs', 's3', 'scheduler'];
const listServices = (names: readonly string[], state = 'available') =>
  Object.fromEntries(names.map((name) => [name, state]));
const ministack = listServices([...shared, 'apigateway', 'monitoring', 'sqs', 'states', 'sts', 'eks']);
const localstack = listServices([...shared, 'apigateway', 'cloudwatch', 'sqs', 'stepfunctions', 'sts']);

let server: Server | undefined;
afterEach(() => server?.close());

interface FakeEmulator {
  readonly health: Readonly<Record<string, unknown>>;
  /** The status of a request of an unknown key. */
  readonly identityStatus: number;
}

/** Answers the paths of `health` and every request to STS. */
const startEmulator = async ({ health, identityStatus }: FakeEmulator): Promise<string> => {
  const started = createServer((request, response) => {
    if (request.method === 'POST')
      response
        .writeHead(identityStatus, { 'content-type': 'text/xml' })
        .end('<R><GetCallerIdentityResult><Arn>root</Arn></GetCallerIdentityResult></R>');
    else if (request.url !== undefined && request.url in health) response.end(JSON.stringify(health[request.url]));
    else response.writeHead(404).end('{}');
  });
  server = started;
  await new Promise<void>((done) => started.listen(0, '127.0.0.1', done));
  return `http://127.0.0.1:${(started.address() as AddressInfo).port}`;
};

const startMiniStack = (identityStatus: number, services: Readonly<Record<string, string>> = ministack) => {
  const answer = { version: '1.5.33', edition: 'light', services };
  return startEmulator({
    health: { '/_ministack/health': answer, '/_localstack/health': answer },
    identityStatus,
  });
};
const startLocalStack = (services: Readonly<Record<string, string>>) =>
  startEmulator({ health: { '/_localstack/health': { version: '2026.8.2', services } }, identityStatus: 200 });

describe('an AWS emulator that runs already', () => {
  it('is MiniStack, with everything but EKS if it enforces IAM', async () => {
    const emulator = await inspectEmulator(await startMiniStack(403));

    expect(emulator).toMatchObject({ kind: 'ministack', name: 'MiniStack 1.5.33', acceptsUnknownKeys: false });
    expect(findMissingServices(emulator)).toEqual([]);
    expect(findLacks(emulator)).toEqual([expect.stringMatching(/^EKS: /)]);
  });

  it('lacks IAM if it accepts unknown keys, and says how to change that', async () => {
    const lacks = findLacks(await inspectEmulator(await startMiniStack(200)));

    expect(lacks).toEqual([expect.stringMatching(/^IAM: .*AUTH=true/), expect.stringMatching(/^EKS: /)]);
  });

  it('is LocalStack without HTTP APIs, on which the stack cannot be deployed', async () => {
    const emulator = await inspectEmulator(await startLocalStack(localstack));

    expect(emulator).toMatchObject({ kind: 'localstack', name: 'LocalStack 2026.8.2' });
    expect(findMissingServices(emulator)).toEqual(['API Gateway (HTTP APIs)']);
  });

  it('is LocalStack with HTTP APIs, on which schedules and Kubernetes do not work', async () => {
    const emulator = await inspectEmulator(await startLocalStack({ ...localstack, apigatewayv2: 'running' }));

    expect(findMissingServices(emulator)).toEqual([]);
    expect(findLacks(emulator)).toEqual([
      expect.stringMatching(/^IAM: .*ENFORCE_IAM=1/),
      expect.stringMatching(/^EKS: /),
      expect.stringMatching(/^EventBridge Scheduler: /),
      expect.stringMatching(/^Kubernetes: /),
    ]);
  });

  it('has no service that is disabled', async () => {
    const emulator = await inspectEmulator(await startMiniStack(403, { ...ministack, sqs: 'disabled' }));

    expect(findMissingServices(emulator)).toEqual(['SQS']);
  });

  it('is refused if it is neither', async () => {
    const url = await startEmulator({ health: {}, identityStatus: 200 });

    await expect(inspectEmulator(url)).rejects.toThrow(`No AWS emulator answers at ${url}`);
  });
});
