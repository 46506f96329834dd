import { describe, expect, it } from 'vitest';

import type { QueueView } from '#events/http/queue.ts';
import { Fault, toProblem } from '#events/problems/problem.ts';
import { id, operation, time } from '#test/unit/cli/operation-fixture.ts';
import { useLocalTarget } from '#test/unit/cli/setup.ts';

const { server, run } = useLocalTarget();
const line = '/v1/targets/local/queue';
const none = { clusters: 0, jobs: 0, cpu: 0, memoryMebibytes: 0 };
const queueView: QueueView = {
  target: 'local',
  limits: { clusters: 3, cpu: 12 },
  usage: { clusters: 3, jobs: 2, cpu: 7.5, memoryMebibytes: 10_752 },
  teams: [
    { team: '', usage: none },
    { team: 'etl', usage: { ...none, clusters: 3 } },
  ],
  length: 1,
  queued: [
    {
      position: 1,
      operationId: id('a'),
      kind: 'deploy',
      clusterId: 'nightly',
      principal: 'arn:aws:iam::000000000000:user/ada',
      team: 'etl',
      priority: 5,
      since: time,
      deadline: time,
      dependsOn: [],
      reason: 'WaitingForQuota',
      message: 'clusters 3/3',
    },
  ],
};

describe('drey queue', () => {
  it('lists the queued commands with their pending reasons, and the usage', async () => {
    const { code, stdout } = await run({ [`GET ${line}`]: { body: queueView } }, ['queue', 'list']);

    expect(code).toBe(0);
    expect(stdout).toContain('In use: clusters 3/3, jobs 2, cpu 7.5/12, memory 10.5 GiB');
    expect(stdout).toContain('  etl: clusters 3, jobs 0, cpu 0, memory 0 GiB');
    expect(stdout).toMatch(/1 +nightly +deploy +etl +5 .*WaitingForQuota: clusters 3\/3 +a{32}/);
  });

  it('says that the queue is empty', async () => {
    const { stdout } = await run({ [`GET ${line}`]: { body: { ...queueView, teams: [], queued: [] } } }, [
      'queue',
      'list',
    ]);

    expect(stdout).toBe('In use: clusters 3/3, jobs 2, cpu 7.5/12, memory 10.5 GiB\nThe queue is empty.\n');
  });

  it('prints the response of the API for programs', async () => {
    const { stdout } = await run({ [`GET ${line}`]: { body: queueView } }, ['queue', 'list', '--output', 'json']);

    expect(JSON.parse(stdout)).toEqual(queueView);
  });

  it.each([
    ['pause', true],
    ['resume', false],
  ])('%s pauses or resumes the target', async (word, paused) => {
    const body = { ...queueView, ...(paused ? { paused: { since: time } } : {}) };
    const { code, stdout } = await run({ [`PUT ${line}`]: { body } }, ['queue', word]);

    expect(code).toBe(0);
    expect(server.received.at(-1)?.json).toEqual({ paused });
    expect(stdout.includes('No queued command starts')).toBe(paused);
  });

  it('cancels queued commands', async () => {
    const ended = await run({ [`POST ${line}/${id('a')}/cancel`]: { body: { canceled: 1 } } }, [
      'queue',
      'cancel',
      id('a'),
    ]);

    expect(ended).toMatchObject({ code: 0, stdout: `${id('a')} canceled.\n` });
  });

  it('cancels the queued ones, and reports the others at the end', async () => {
    const problem = toProblem(new Fault('wrong-state', 'the deploy of nightly is IN_PROGRESS: it does not wait'));
    const replies = {
      [`POST ${line}/${id('a')}/cancel`]: { status: 409, body: problem },
      [`POST ${line}/${id('b')}/cancel`]: { body: { canceled: 1 } },
    };
    const { code, stdout, stderr } = await run(replies, ['queue', 'cancel', id('a'), id('b')]);

    expect(code).toBe(1);
    expect(stdout).toContain(`${id('b')} canceled.`);
    expect(stdout + stderr).toContain(`${id('a')}: the deploy of nightly is IN_PROGRESS: it does not wait`);
  });

  it('changes the priority of a queued command', async () => {
    const body = operation({ state: 'QUEUED', position: 1 });
    const ended = await run({ [`PUT ${line}/${id('a')}`]: { body } }, ['queue', 'priority', id('a'), '100']);

    expect(ended).toMatchObject({ code: 0, stdout: `Operation ${id('a')} is at position 1.\n` });
    expect(server.received.at(-1)?.json).toEqual({ priority: 100 });
  });

  it.each([
    [['queue', 'priority', id('a'), 'high'], 'Usage: drey queue priority'],
    [['queue', 'cancel'], 'Missing the operation id'],
    [['wait'], 'Missing the operation id'],
    [['wait', id('a'), '--timeout', 'soon'], 'not "soon"'],
    [['batch'], 'Missing the file'],
    [['queue', 'jump'], '"jump" is not a valid action'],
  ])('prints its usage: %j', async (words, text) => {
    const { code, stdout } = await run({}, words);

    expect(code).toBe(1);
    expect(stdout).toContain(text);
  });

  it('lists dead letters with their causes, and redrives them', async () => {
    const commands = [
      {
        id: 'm1',
        subject: 'targets/local/clusters/etl',
        type: 'drey.command.deploy.v1',
        principal: 'sqs:AIDABOB',
        code: 'target-unreachable',
        detail: 'dark',
      },
      { id: 'm2', principal: 'sqs:AIDABOB' },
    ];
    const replies = {
      'GET /v1/dead-letters': { body: { commands } },
      'POST /v1/dead-letters/redrive': { body: { commands: commands.slice(0, 1) } },
    };
    const { stdout } = await run(replies, ['queue', 'dead-letters']);
    const all = await run(replies, ['queue', 'redrive']);
    const asked = server.received.at(-1)?.json;
    await run(replies, ['queue', 'redrive', 'm1']);
    const one = server.received.at(-1)?.json;

    expect(stdout).toMatch(/m1 +deploy +targets\/local\/clusters\/etl +sqs:AIDABOB +target-unreachable: dark/);
    expect(stdout).toMatch(/m2 +sqs:AIDABOB +unknown: the function ended without a failure/);
    const other = await run(replies, ['queue', 'redrive', 'm1', 'm3']);

    expect(other).toMatchObject({ code: 1, stdout: expect.stringContaining('Redriven: m1\n') });
    expect(other.stdout + other.stderr).toContain('Not redriven: m3');
    expect(all.stdout).toBe('Redriven: m1\n');
    expect([asked, one]).toEqual([{}, { ids: ['m1'] }]);
  });
});
