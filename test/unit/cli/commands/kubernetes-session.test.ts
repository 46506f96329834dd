import { describe, expect, it } from 'vitest';

import { drey } from '#test/unit/cli/drey.ts';
import { accepted, cluster, oneTarget, operation, problem, type Replies } from '#test/unit/cli/loopback-api.ts';
import { useLoopbackApi } from '#test/unit/cli/setup.ts';

process.env['TZ'] = 'UTC';
const server = useLoopbackApi();
const clusters = '/v1/targets/local/clusters';
const live = `${clusters}/live`;
const session = (...more: readonly string[]) => ['kubernetes-session', '-Dkubernetes.cluster-id=live', ...more];
const run = (replies: Replies, words: readonly string[], input?: string | null) => {
  server.answer({ 'GET /v1/targets': oneTarget, ...replies });
  return drey(words, { api: server.url, ...(input === undefined ? {} : { input }) });
};
const createdLine =
  'Create flink session cluster live successfully, JobManager Web Interface: http://live-rest.golden:8081\n';
const retrievedLine =
  'Retrieve flink cluster live successfully, JobManager Web Interface: http://live-rest.golden:8081\n';
const startingSession: Replies = { [`POST ${clusters}`]: accepted({ state: 'SUCCEEDED' }) };
const missingThenLive = () => {
  const replies = [problem('not-found', 404, 'there is no cluster live'), { body: cluster() }];
  return { [`GET ${live}`]: () => (replies.length > 1 ? replies.shift()! : replies[0]!) };
};

describe('kubernetes-session', () => {
  it('deploys with the options, and prints the line of Flink', async () => {
    const ended = await run(
      { ...startingSession, ...missingThenLive() },
      session('-Dtaskmanager.numberOfTaskSlots=4', '-Da.flag', '-Ddrey.target=local'),
    );

    expect(ended).toMatchObject({ code: 0, stdout: createdLine });
    expect(server.received.find(({ method }) => method === 'POST')?.json).toEqual({
      mode: 'session',
      clusterId: 'live',
      config: { 'taskmanager.numberOfTaskSlots': '4', 'a.flag': 'true' },
    });
  });

  it('polls the operation until it is terminal', async () => {
    const operationId = '1'.repeat(32);
    const replies: Replies = {
      ...missingThenLive(),
      [`POST ${clusters}`]: accepted({ state: 'IN_PROGRESS', phase: 'waiting for the JobManager' }),
      [`GET /v1/targets/local/operations/${operationId}`]: { body: operation() },
    };

    const ended = await run(replies, session());

    expect(ended).toMatchObject({ code: 0, stdout: createdLine });
    expect(ended.stderr).toMatch(/Starting session cluster live: waiting for the JobManager \(\d+ s\)/);
  });

  it('shows each phase once, with the time that it took', async () => {
    const at = (second: number) => `2026-11-23T22:10:${16 + second}.000Z`;
    const phases = [
      { name: 'Scheduled' as const, at: at(0) },
      { name: 'Pulling' as const, at: at(2) },
      { name: 'Started' as const, at: at(9) },
      { name: 'RestUp' as const, at: at(14) },
    ];
    const states = [operation({ state: 'IN_PROGRESS', phases: phases.slice(0, 3) }), operation({ phases })];

    const ended = await run(
      {
        ...missingThenLive(),
        [`POST ${clusters}`]: accepted({ state: 'IN_PROGRESS', phases: phases.slice(0, 1) }),
        [`GET /v1/targets/local/operations/${'1'.repeat(32)}`]: () => ({ body: states.shift() }),
      },
      session(),
    );

    expect(ended.stderr).toBe(
      'Starting session cluster live …\nScheduled after 0 s\nPulling after 2 s\nStarted after 9 s\nREST up after 14 s\n',
    );
  });

  it('refuses an unknown option of Drey before any request', async () => {
    const ended = await run({}, session('-Ddrey.priorty=5'));

    expect(ended).toMatchObject({ code: 1, stdout: expect.stringContaining('Unknown option -Ddrey.priorty.') });
    expect(server.received).toEqual([]);
  });

  it('prints the generated id', async () => {
    const made = cluster({ clusterId: 'flink-cluster-1' });

    const ended = await run(
      {
        [`POST ${clusters}`]: accepted({ clusterId: made.clusterId }),
        [`GET ${clusters}/${made.clusterId}`]: { body: made },
      },
      ['kubernetes-session'],
    );

    expect(ended.stdout).toContain('Create flink session cluster flink-cluster-1 successfully');
  });

  it('does not wait with --no-wait', async () => {
    const ended = await run(
      { ...missingThenLive(), [`POST ${clusters}`]: accepted({ state: 'IN_PROGRESS' }) },
      session('--no-wait'),
    );

    expect(ended).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^Session cluster live is starting\.\nOperation [0-9a-f]{32} is IN_PROGRESS\.\n$/),
    });
    expect(server.received.find(({ method }) => method === 'POST')?.headers.prefer).toBeUndefined();
    expect(server.calls()).toEqual(['GET /v1/targets', `GET ${live}`, `POST ${clusters}`]);
  });

  it('finds a session that lives again', async () => {
    const ended = await run({ [`GET ${live}`]: { body: cluster() } }, session());

    expect(ended).toMatchObject({ code: 0, stdout: retrievedLine });
    expect(server.calls()).not.toContain(`POST ${clusters}`);
  });

  it('waits for a session that is on its way', async () => {
    const operationId = '0'.repeat(32);
    const states = [cluster({ state: 'DEPLOYING' }), cluster()];

    const ended = await run(
      {
        [`GET ${live}`]: () => ({ body: states.shift() }),
        [`GET /v1/targets/local/operations/${operationId}`]: { body: operation() },
      },
      session(),
    );

    expect(ended).toMatchObject({ code: 0, stdout: retrievedLine });
    expect(server.calls()).toContain(`GET /v1/targets/local/operations/${operationId}`);
  });

  it('retrieves a session that another command started concurrently', async () => {
    const ended = await run(
      { ...missingThenLive(), [`POST ${clusters}`]: problem('id-taken', 409, 'taken') },
      session(),
    );

    expect(ended).toMatchObject({ code: 0, stdout: retrievedLine });
  });

  it('refuses an id of another owner', async () => {
    const ended = await run({ [`POST ${clusters}`]: problem('id-taken', 409, 'live is not of Drey') }, session());

    expect(ended).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringContaining('live is not of Drey\nChoose another -Dkubernetes.cluster-id'),
    });
  });

  it('reports every field error by its option', async () => {
    const errors = [
      { pointer: '/config/kubernetes.jobmanager.cpu.amount', detail: "Could not parse value 'lots'" },
      { pointer: '/clusterId', detail: 'too long' },
    ];

    const ended = await run(
      { [`POST ${clusters}`]: problem('refused-option', 422, 'two options are refused', { errors }) },
      session(),
    );

    expect(ended.code).toBe(1);
    expect(ended.stderr).toContain(
      "two options are refused\n  -Dkubernetes.jobmanager.cpu.amount: Could not parse value 'lots'\n  -Dkubernetes.cluster-id: too long\n",
    );
  });

  it('reports why the cluster failed to start', async () => {
    const failed = problem('deployment-failed', 502, 'the image cannot be pulled', { reason: 'ImagePullBackOff' });

    // The problem is its own contract's.
    const ended = await run(
      {
        [`POST ${clusters}`]: {
          status: 202,
          body: { operation: { ...operation({ state: 'FAILED' }), problem: failed.body } },
        },
      },
      session(),
    );

    expect(ended.code).toBe(1);
    expect(ended.stderr).toContain('the image cannot be pulled (ImagePullBackOff)');
  });
});
