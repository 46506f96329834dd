import { describe, expect, it } from 'vitest';

import { drey } from '#test/unit/cli/drey.ts';
import { accepted, cluster, job, oneTarget, problem, type Replies } from '#test/unit/cli/loopback-api.ts';
import { useLoopbackApi } from '#test/unit/cli/setup.ts';

process.env['TZ'] = 'UTC';
const server = useLoopbackApi();
const clusters = '/v1/targets/local/clusters';
const live = `${clusters}/live`;
const jobId = job().jobId;
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
const stopping: Replies = { [`POST ${live}/stop`]: accepted({ kind: 'stop' }) };

describe('an attached session', () => {
  const attached = session('-Dexecution.attached=true');

  it('stops the session that lives', async () => {
    const ended = await run({ [`GET ${live}`]: { body: cluster() }, ...stopping }, attached, 'stop\n');

    expect(ended).toMatchObject({ code: 0, stdout: `${retrievedLine}Stopped session cluster live.\n` });
    expect(server.calls()).toContain(`POST ${live}/stop`);
  });

  it('stops it with savepoints if the options say so', async () => {
    const options = [
      '-Ddrey.stop.savepoint=required',
      '-Ddrey.stop.savepoint-directory=s3://b/s',
      '-Ddrey.stop.ha=purge',
    ];

    await run({ [`GET ${live}`]: { body: cluster() }, ...stopping }, [...attached, ...options], 'stop\n');

    expect(server.received.find(({ path }) => path === `${live}/stop`)?.json).toEqual({
      savepoint: 'required',
      savepointDirectory: 's3://b/s',
      ha: 'purge',
    });
  });

  it('removes the remaining objects of a FAILED session', async () => {
    const ended = await run(
      { [`GET ${live}`]: { body: cluster({ state: 'FAILED' }) }, ...stopping },
      attached,
      'stop\n',
    );

    expect(ended).toMatchObject({ code: 0, stdout: 'Stopped session cluster live.\n' });
    expect(ended.stderr).toContain('The session cluster live is FAILED. Its remaining objects are removed.');
    expect(server.calls()).toContain(`POST ${live}/stop`);
  });

  it.each([attached, ['kubernetes-session', '-Dexecution.attached=true']])(
    'creates nothing when it is only to be stopped',
    async (...words) => {
      const ended = await run({}, words, 'stop\n');

      expect(ended.code).toBe(1);
      expect(ended.stderr).toMatch(/There is no session cluster live|No session was stopped/);
      expect(server.received.every(({ method }) => method === 'GET')).toBe(true);
    },
  );

  it('runs lines, shows its help and leaves the session at the end of the input', async () => {
    const ended = await run({ ...startingSession, ...missingThenLive() }, attached, 'help\nfoo\n');

    const flinkHelp =
      'Available commands:\nhelp - show these commands\nstop - stop the kubernetes cluster\nquit - quit attach mode\n';
    expect(ended).toMatchObject({ code: 0, stdout: createdLine });
    expect(ended.stderr.split(flinkHelp)).toHaveLength(3);
    expect(ended.stderr).toContain(`Unknown command 'foo'. Showing help:\n${flinkHelp}list - `);
    expect(ended.stderr).toMatch(/End of input: session cluster live keeps running\.\n$/);
    expect(server.calls()).not.toContain(`POST ${live}/stop`);
  });

  it('takes the commands of the command line, about its own cluster', async () => {
    const ended = await run(
      {
        [`GET ${live}`]: { body: cluster() },
        [`GET ${live}/jobs`]: { body: { jobs: [job()], reachable: 'True' } },
        [`GET ${live}/events`]: { body: { transitions: [], last: 0 } },
        [`GET ${live}/logs`]: { body: { log: 'one\ntwo\n' } },
        [`POST ${live}/jobs/${jobId}/cancel`]: accepted({ kind: 'cancel', jobId }),
      },
      attached,
      `list\nstatus\n\nlogs 2\nevents\ncancel ${jobId}\ncancel\nquit\n`,
    );

    expect(ended.code).toBe(0);
    expect(ended.stdout).toContain(`: ${jobId} : CarTopSpeedWindowingExample (RUNNING)`);
    expect(ended.stdout).toMatch(/^Cluster: +live$/m);
    expect(ended.stdout).toContain('one\ntwo\n');
    expect(ended.stdout).toContain(`Cancelled job ${jobId}.`);
    expect(ended.stdout).toContain('Missing JobID. Specify a JobID to cancel a job.');
    expect(ended.stdout).not.toContain('\u001B');
    expect(ended.stdout).not.toContain('live> ');
    expect(server.received.find(({ path }) => path === `${live}/logs`)?.query).toBe('?lines=2');
  });

  it('ends with the session', async () => {
    let polls = 0;

    const ended = await run(
      {
        [`GET ${live}`]: () => ({
          body: cluster((polls += 1) === 1 ? {} : { state: 'STOPPED', reason: 'Deleted' }),
        }),
      },
      attached,
      null,
    );

    expect(ended).toMatchObject({
      code: 0,
      stderr: expect.stringContaining('The session cluster live is STOPPED. Deleted'),
    });
  });

  it('leaves the session after quit', async () => {
    const ended = await run({ [`GET ${live}`]: { body: cluster() } }, attached, 'quit\nstop\n');

    expect(ended).toMatchObject({
      code: 0,
      stdout: retrievedLine,
      stderr: expect.stringContaining('Detached: session cluster live keeps running.'),
    });
  });

  it('stops a session that it started', async () => {
    const ended = await run({ ...startingSession, ...missingThenLive(), ...stopping }, attached, 'help\nstop\n');

    expect(ended).toMatchObject({ code: 0, stdout: `${createdLine}Stopped session cluster live.\n` });
  });

  it('reports why it could not be stopped', async () => {
    const ended = await run(
      { [`GET ${live}`]: { body: cluster() }, [`POST ${live}/stop`]: problem('target-refused', 502, 'no') },
      attached,
      'stop\n',
    );

    expect(ended).toMatchObject({ code: 1, stdout: retrievedLine });
  });
});
