import { mkdir, readFile, symlink } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { cluster, job, oneTarget, operation, problem, type Replies } from '#test/unit/cli/loopback-api.ts';

import { enterLine, home, open as openWith, server, terminal } from './fixture.ts';
import { bin, dreyLine, type Environment } from './tmux.ts';

const clusters = '/v1/targets/local/clusters';
const usual: Replies = { 'GET /v1/targets': oneTarget, [`GET ${clusters}`]: { body: { clusters: [cluster()] } } };
const open = (command: string, replies: Replies = {}, env: Environment = {}) =>
  openWith(command, { ...usual, ...replies }, env);

describe('a deploy on a terminal', () => {
  it('has a line that lives, and one that stays for each phase', async () => {
    const phases = [
      { name: 'Scheduled' as const, at: '2026-11-23T22:10:16.000Z' },
      { name: 'Started' as const, at: '2026-11-23T22:10:20.000Z' },
    ];
    const going = operation({ state: 'IN_PROGRESS', phase: 'Starting: no pod yet' });
    let seen = going;
    const found = [problem('not-found', 404, 'there is no cluster live'), { body: cluster() }];
    await open(dreyLine('kubernetes-session', '-Dkubernetes.cluster-id=live'), {
      [`GET ${clusters}/live`]: () => (found.length > 1 ? found.shift()! : found[0]!),
      [`POST ${clusters}`]: { status: 202, body: { operation: going } },
      [`GET /v1/targets/local/operations/${going.operationId}`]: () => ({ body: seen }),
    });
    await terminal.until(/⠋|⠙|⠹|⠸|⠼|⠴|⠦|⠧|⠇|⠏/);
    await terminal.until('Starting session cluster live: Starting: no pod yet');
    seen = { ...going, phases: phases.slice(0, 1), phase: 'Starting: pod live-1 is Pending' };
    await terminal.until('✔ Scheduled after 0 s');
    await terminal.until('pod live-1 is Pending');
    seen = operation({ phases: [...phases, { name: 'RestUp', at: '2026-11-23T22:10:30.000Z' }] });

    const screen = await terminal.until('[exit code 0]');

    expect(screen).toBe(
      '✔ Scheduled after 0 s\n✔ Started after 4 s\n✔ REST up after 14 s\n' +
        'Create flink session cluster live successfully, JobManager Web Interface: http://live-rest.golden:8081\n[exit code 0]\n',
    );
  });

  it('continues when the command is interrupted, and says so', async () => {
    const going = operation({ state: 'IN_PROGRESS' });
    const { promise: asked, resolve } = Promise.withResolvers<void>();
    await open(dreyLine('kubernetes-session'), {
      [`POST ${clusters}`]: { status: 202, body: { operation: going } },
      [`GET /v1/targets/local/operations/${going.operationId}`]: () => {
        resolve();
        return { body: going };
      },
    });
    await terminal.until('Starting session cluster');
    await asked;
    await terminal.press('C-c');

    const screen = await terminal.until('[exit code 130]');

    expect(screen).toContain(`The deploy continues. Run \`drey operation ${going.operationId}\` for its status.`);
  });
});

describe('colours on a terminal', () => {
  it.each([
    [{}, true],
    [{ NO_COLOR: '1' }, false],
  ])('with %j: %s', async (env: Environment, coloured) => {
    await open(dreyLine('clusters'), {}, env);
    await terminal.until('[exit code 0]');

    expect((await terminal.painted()).includes('\u001B[32mRUNNING')).toBe(coloured);
  });
});

describe('drey configure on a terminal', () => {
  it('prompts, saves the answers, and tries them', async () => {
    await open(dreyLine('configure'), {}, { DREY_API: '' });
    await terminal.until('URL of the API: ');
    await enterLine(server.url);
    await terminal.until('AWS region, if the URL does not contain it: ');
    await terminal.press('Enter');
    await terminal.until('Default target: ');
    await enterLine('local');

    const screen = await terminal.until('[exit code 0]');

    expect(screen).toMatch(/^target +local +\S+\/\.config\/drey\/config\.json$/m);
    expect(screen).toContain('The API answers. Targets: local.');
    expect(JSON.parse(await readFile(join(home, '.config/drey/config.json'), 'utf8'))).toEqual({
      api: server.url,
      target: 'local',
    });
  });
});

describe('completion in bash', () => {
  const openBash = async (replies: Replies = {}) => {
    await mkdir(join(home, 'bin'));
    await symlink(bin, join(home, 'bin/drey'));
    await open('bash --norc -i', replies);
    await enterLine("unset HISTFILE; PS1='$ '; source <(drey completion bash); clear");
    await terminal.until(/^\$ $/m);
  };

  it('completes actions, options, and what the API knows', async () => {
    await openBash({
      [`GET ${clusters}`]: { body: { clusters: [{ ...cluster(), jobs: [job()] }] } },
    });
    await terminal.type('drey des');
    await terminal.press('Tab');
    await terminal.until(/^\$ drey describe $/m);
    await terminal.press('Tab');
    await terminal.until(/^\$ drey describe live $/m);
    await terminal.type('--outp');
    await terminal.press('Tab');
    await terminal.until(/^\$ drey describe live --output $/m);
    await terminal.press('C-c');
    await terminal.type('drey cancel ');
    await terminal.press('Tab');

    expect(await terminal.until(job().jobId)).toContain(`$ drey cancel ${job().jobId}`);
  });

  it('completes an option of Flink behind which its value follows', async () => {
    await openBash();
    await terminal.type('drey run -Dkubernetes.rest-service.exposed.t');
    await terminal.press('Tab');
    await terminal.until(/-Dkubernetes\.rest-service\.exposed\.type=$/m);
    await terminal.type('x');

    expect(await terminal.until('type=x')).toContain('$ drey run -Dkubernetes.rest-service.exposed.type=x');
  });
});
