import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { exampleJar } from '#local/services/kubernetes.ts';
import { settingsFrom } from '#local/settings.ts';
import { needTmux } from '#test/terminal/setup.ts';
import { dreyLine, environmentOf, openTerminal, type Terminal } from '#test/terminal/tmux.ts';

import { drey, environment } from '../support/cli.ts';
import { freshId, kubectl, stop, system, untilState } from '../support/system.ts';

const clusterId = freshId('shell');
const id = `-Dkubernetes.cluster-id=${clusterId}`;
const prompt = new RegExp(`^${clusterId}> $`, 'm');
let home: string;
let terminal: Terminal;

beforeAll(async () => {
  await needTmux();
  home = await mkdtemp(join(tmpdir(), 'drey-home-'));
  const { DREY_API, DREY_TARGET, AWS_REGION, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY } = environment;
  terminal = await openTerminal(
    dreyLine('kubernetes-session', id, '-Dexecution.attached=true', '-Djobmanager.memory.process.size=1g'),
    environmentOf(home, { DREY_API, DREY_TARGET, AWS_REGION, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY }),
    { patienceMs: 300_000 },
  );
});
afterAll(async () => {
  await terminal[Symbol.asyncDispose]();
  await rm(home, { recursive: true });
  if ((await stop(clusterId)).status < 300) await untilState(clusterId, 'STOPPED');
});

/** Clears what an earlier test left on the line. */
beforeEach(() => terminal.press('C-u'));

const enterLine = async (line: string) => {
  await terminal.type(line);
  await terminal.press('Enter');
};

describe('the shell of a session on a node', () => {
  it('starts the session and shows its phases', async () => {
    const screen = await terminal.until(prompt);

    expect(screen).toMatch(
      /✔ Scheduled after \d+ s\n(✔ Pulling after \d+ s\n)?✔ Started after \d+ s\n✔ REST up after \d+ s\n/,
    );
    expect(screen).toContain(`Create flink session cluster ${clusterId} successfully`);
  });

  it('cancels a job whose id Tab completes', async () => {
    const { stdout } = await drey(['run', '-d', id, exampleJar(settingsFrom())]);
    const jobId = /JobID ([0-9a-f]{32})/.exec(stdout)?.[1] ?? 'none';
    await terminal.type('cancel ');
    await terminal.pressUntil('Tab', `> cancel ${jobId}`);
    await terminal.press('Enter');

    expect(await terminal.until(`Cancelled job ${jobId}.`)).toContain(`Cancelling job ${jobId}.`);
  });

  it('follows the log across a restart until Ctrl-C', async () => {
    await enterLine('logs -f');
    await terminal.until(' INFO ');
    const pod = await kubectl(
      'get',
      'pod',
      '-n',
      system.namespace,
      '-l',
      `app=${clusterId},component=jobmanager`,
      '-o',
      'name',
    );
    await kubectl('exec', '-n', system.namespace, pod.trim(), '--', 'sh', '-c', 'kill 1');
    const screen = await terminal.until('The JobManager restarted.');
    await terminal.press('C-c');

    expect(screen).toMatch(/RECEIVED SIGNAL/);
    await terminal.until(prompt);
  });

  it('ends when a person deletes the Deployment', async () => {
    await kubectl('delete', 'deployment', clusterId, '-n', system.namespace, '--wait=false');

    const screen = await terminal.until('[exit code 0]');

    expect(screen).toContain(`The session cluster ${clusterId} is STOPPED. DeploymentDeleted`);
  });
});
