import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import type { Cluster } from '#events/records/cluster.ts';
import { accepted, cluster, job, oneTarget, problem, type Replies } from '#test/unit/cli/loopback-api.ts';

import { enterLine, home, open, server, terminal } from './fixture.ts';
import { dreyLine, type Environment } from './tmux.ts';

const live = '/v1/targets/local/clusters/live';
const { jobId } = job();
const running: Replies = {
  'GET /v1/targets': oneTarget,
  [`GET ${live}`]: { body: cluster() },
  [`GET ${live}/jobs`]: { body: { jobs: [job()], reachable: 'True' } },
  [`GET ${live}/events`]: { body: { transitions: [], last: 0 } },
  [`POST ${live}/jobs/${jobId}/cancel`]: accepted({ kind: 'cancel', jobId }),
  [`POST ${live}/stop`]: accepted({ kind: 'stop' }),
};

/** Opens the shell of a session that runs, and waits for its prompt. */
const attach = async (replies: Replies = {}, options: readonly string[] = [], env: Environment = {}) => {
  const command = dreyLine(
    'kubernetes-session',
    '-Dkubernetes.cluster-id=live',
    '-Dexecution.attached=true',
    ...options,
  );
  await open(command, { ...running, ...replies }, env);
  await terminal.until('live> ');
};

describe('the shell of a session', () => {
  it('names its cluster, and runs commands at a prompt', async () => {
    await attach();
    await enterLine('list');

    const screen = await terminal.until(`${jobId} : CarTopSpeedWindowingExample (RUNNING)`);

    expect(screen).toContain('Retrieve flink cluster live successfully');
    expect(screen).toContain('Attached to session cluster live.');
  });

  it('completes commands and the ids of jobs', async () => {
    await attach();
    await terminal.type('can');
    await terminal.press('Tab');
    await terminal.until(/live> cancel $/m);
    await terminal.press('Tab');
    await terminal.until(`live> cancel ${jobId}`);
    await terminal.press('Enter');

    await terminal.until(`Cancelled job ${jobId}.`);

    expect(server.calls()).toContain(`POST ${live}/jobs/${jobId}/cancel`);
  });

  it('lists the completions when there are several', async () => {
    await attach();
    await terminal.type('st');

    // Keys that come at once are pasted text.
    const screen = await terminal.pressUntil('Tab', /status +stop|stop +status/, 500);

    expect(screen).toMatch(/live> st$/m);
  });

  it('has a history, also of earlier shells', async () => {
    await attach();
    await enterLine('status');
    await terminal.until('Last transitions:');
    await terminal.press('Up');
    await terminal.until(/live> status$[^]*live> status$/m);
    await terminal.press('C-c');
    await enterLine('quit');
    await terminal.until('[exit code 0]');
    await terminal[Symbol.asyncDispose]();

    await attach();
    await terminal.press('Up', 'Up');

    await terminal.until(/live> status$/m);
    expect(await readFile(join(home, '.local/state/drey/history'), 'utf8')).toBe('status\nquit\n');
  });

  it('explains itself when it does not know a command', async () => {
    await attach();
    await enterLine('explode');

    const screen = await terminal.until('quit - quit attach mode');

    expect(screen).toContain("Unknown command 'explode'. Showing help:\nAvailable commands:");
  });

  it('goes on when a command fails', async () => {
    await attach();
    await enterLine('cancel xyz');
    await terminal.until('Cannot parse JobID from "xyz".');
    await enterLine('list -r');

    expect(await terminal.until('(RUNNING)')).not.toContain('[exit code');
  });

  it('stops the session', async () => {
    await attach();
    await enterLine('stop');

    const screen = await terminal.until('[exit code 0]');

    expect(screen).toContain('Stopped session cluster live.');
  });

  it('detaches on Ctrl-D', async () => {
    await attach();
    await terminal.press('C-d');

    const screen = await terminal.until('[exit code 0]');

    expect(screen).toContain('Detached: session cluster live keeps running.');
    expect(server.calls()).not.toContain(`POST ${live}/stop`);
  });
});

describe('Ctrl-C', () => {
  it('leaves the session running', async () => {
    await attach();
    await terminal.press('C-c');

    const screen = await terminal.until('[exit code 130]');

    expect(screen).toContain('The session cluster live keeps running.');
    expect(server.calls()).not.toContain(`POST ${live}/stop`);
  });

  it('stops the session where execution.shutdown-on-attached-exit says so', async () => {
    await attach({}, ['-Dexecution.shutdown-on-attached-exit=true']);
    await terminal.press('C-c');

    const screen = await terminal.until('[exit code 130]');

    expect(screen).toContain('Stopped session cluster live.');
    expect(server.calls()).toContain(`POST ${live}/stop`);
  });

  it('throws away a line that was begun', async () => {
    await attach();
    await terminal.type('stop');
    await terminal.press('C-c');
    await terminal.until(/live> stop\^C\nlive>/);
    await enterLine('quit');

    await terminal.until('[exit code 0]');

    expect(server.calls()).not.toContain(`POST ${live}/stop`);
  });

  it('ends a command that follows, and nothing else', async () => {
    const lines = ['one'];
    await attach({
      [`GET ${live}/logs`]: () => ({ body: { source: 'live', log: lines.map((line) => `${line}\n`).join('') } }),
    });
    await enterLine('logs -f');
    await terminal.until(/^one$/m);
    lines.push('two');
    await terminal.until(/^two$/m);
    await terminal.press('C-c');
    await terminal.until(/\^C\nlive>/);
    await enterLine('quit');

    const screen = await terminal.until('[exit code 0]');

    expect(screen.match(/^one$/gm)).toHaveLength(1);
  });
});

describe('a session that ends while a terminal is attached', () => {
  it.each([
    [{ state: 'STOPPED', reason: 'DeploymentDeleted' }, 0, 'The session cluster live is STOPPED. DeploymentDeleted'],
    [{ state: 'FAILED', reason: 'OOMKilled', message: 'exit code 137' }, 1, 'The session cluster live is FAILED.'],
  ] as const)('ends the shell: %j', async (more, code, message) => {
    let now: Partial<Cluster> = {};
    await attach({ [`GET ${live}`]: () => ({ body: cluster(now) }) });
    now = more;

    const screen = await terminal.until(`[exit code ${code}]`);

    expect(screen).toContain(message);
  });

  it('ends it also when the cluster is unknown by then', async () => {
    let exists = true;
    await attach({
      [`GET ${live}`]: () => (exists ? { body: cluster() } : problem('not-found', 404, 'there is no cluster live')),
    });
    exists = false;

    const screen = await terminal.until('[exit code 0]');

    expect(screen).toContain('The session cluster live is gone.');
  });
});
