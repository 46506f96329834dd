import { writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { drey, packageFolder } from '#test/unit/cli/drey.ts';
import { golden } from '#test/unit/cli/golden.ts';
import { accepted, cluster, job, oneTarget, problem, type Replies } from '#test/unit/cli/loopback-api.ts';
import { useFolder, useLoopbackApi } from '#test/unit/cli/setup.ts';

process.env['TZ'] = 'UTC';
const { jobId } = job();
const clusters = '/v1/targets/local/clusters';
const live = `${clusters}/live`;
const remote = 's3://bucket/local/x.jar';
const directory = 's3://bucket/savepoints';
const server = useLoopbackApi();
const jar = join(useFolder(), 'x.jar');
writeFileSync(jar, 'PK\u0003\u0004 a jar');
const running = { body: cluster() };
const jobs = (...all: ReturnType<typeof job>[]) => ({
  [`GET ${live}/jobs`]: { body: { jobs: all, reachable: 'True' } },
});
const finished = job({ state: 'FINISHED', endTime: '2026-11-23T22:10:44.000Z' });
const uploading = (): Replies => ({
  'POST /v1/targets/local/uploads': {
    status: 201,
    body: { jar: remote, url: `${server.origin}/bucket/x.jar`, headers: {} },
  },
  'PUT /bucket/x.jar': {},
  [`GET ${live}`]: running,
  [`GET ${live}/jobs/${jobId}`]: { body: finished },
  [`POST ${live}/jobs`]: accepted({ kind: 'submit', jobId }),
});
const starting = (mode: 'session' | 'application'): Replies => {
  let exists = false;
  return {
    [`GET ${live}`]: () => (exists ? { body: cluster({ mode }) } : problem('not-found', 404, 'there is none')),
    [`POST ${clusters}`]: () => {
      exists = true;
      return accepted();
    },
  };
};
const taking = (what: string, more: object = {}): Replies => ({
  [`POST ${live}/jobs/${jobId}/${what}`]: accepted({ jobId, ...more }),
});
const submittedLine = `Job has been submitted with JobID ${jobId}\n`;
const rule = '-'.repeat(62);
interface Row {
  readonly replies?: () => Replies;
  readonly code?: number;
  readonly stdout: string | RegExp;
  /** The last thing that was sent. */
  readonly sent?: object;
  /** The case of Flink's own client that prints the same. */
  readonly golden?: string;
}
const runningLines = [
  '------------------ Running/Restarting Jobs -------------------',
  `23.11.2026 22:10:34 : ${jobId} : CarTopSpeedWindowingExample (RUNNING)`,
  rule,
];
const listed = (...lines: readonly string[]) => `${['Waiting for response...', ...lines].join('\n')}\n`;
const savepointId = '1'.repeat(32);
// of the operation that the API answers with

/** What docs/commands.md promises: its first column → what has to come of it. */
const rows: Readonly<Record<string, Row>> = {
  'kubernetes-session.sh -Dkubernetes.cluster-id=ID': {
    replies: () => starting('session'),
    stdout: 'Create flink session cluster live successfully, JobManager Web Interface: http://live-rest.golden:8081\n',
    sent: { mode: 'session', clusterId: 'live' },
  },
  'kubernetes-session.sh -h': { stdout: /^Usage: drey kubernetes-session/ },
  'echo stop | kubernetes-session.sh -Dkubernetes.cluster-id=ID -Dexecution.attached=true': {
    replies: () => ({ [`GET ${live}`]: running, [`POST ${live}/stop`]: accepted({ kind: 'stop' }) }),
    stdout: /^Retrieve flink cluster live successfully.*\nStopped session cluster live\.\n$/,
  },
  'flink run -d -t kubernetes-session -Dkubernetes.cluster-id=ID x.jar': {
    replies: uploading,
    stdout: submittedLine,
    sent: { jar: remote, args: [] },
    golden: 'live-submit',
  },
  'flink run -t kubernetes-session -Dkubernetes.cluster-id=ID x.jar --day 1': {
    replies: uploading,
    stdout: `${submittedLine}Program execution finished\nJob with JobID ${jobId} has finished.\nJob Runtime: 10000 ms\n`,
    sent: { args: ['--day', '1'] },
  },
  'flink run -d -e kubernetes-session -Dkubernetes.cluster-id=ID x.jar': { replies: uploading, stdout: submittedLine },
  'flink run -d -m ID-rest.NAMESPACE:8081 x.jar': { replies: uploading, stdout: submittedLine },
  'flink run -d -Dkubernetes.cluster-id=ID -c a.Main -p 4 -C https://repo/lib.jar -s DIR/sp -n -claimMode claim x.jar':
    {
      replies: uploading,
      stdout: submittedLine,
      sent: {
        entryClass: 'a.Main',
        parallelism: 4,
        restore: { path: `${directory}/sp`, allowNonRestoredState: true, claimMode: 'CLAIM' },
        config: { 'pipeline.classpaths': '["https://repo/lib.jar"]' },
      },
    },
  'flink run -d -Dkubernetes.cluster-id=ID -j x.jar -a --day -a 1': {
    replies: uploading,
    stdout: submittedLine,
    sent: { jar: remote, args: ['--day', '1'] },
  },
  'flink run -t kubernetes-application -Dkubernetes.cluster-id=ID -sae local:///opt/flink/usrlib/x.jar': {
    replies: () => starting('application'),
    stdout:
      'Create flink application cluster live successfully, JobManager Web Interface: http://live-rest.golden:8081\n',
    sent: {
      mode: 'application',
      job: { jar: 'local:///opt/flink/usrlib/x.jar' },
      config: { 'execution.shutdown-on-attached-exit': 'true' },
    },
  },
  'flink run-application -t kubernetes-application -Dkubernetes.cluster-id=ID local:///opt/flink/usrlib/x.jar': {
    replies: () => starting('application'),
    stdout: /^Create flink application cluster live successfully/,
    sent: { mode: 'application', job: { jar: 'local:///opt/flink/usrlib/x.jar' } },
  },
  'flink run -t kubernetes-per-job x.jar': { code: 1, stdout: '' },
  'flink list -t kubernetes-session -Dkubernetes.cluster-id=ID': {
    replies: () => jobs(job()),
    stdout: listed(...runningLines, 'No scheduled jobs.'),
    golden: 'live-list',
  },
  'flink list -r -Dkubernetes.cluster-id=ID': { replies: () => jobs(job()), stdout: listed(...runningLines) },
  'flink list -s -Dkubernetes.cluster-id=ID': { replies: () => jobs(job()), stdout: listed('No scheduled jobs.') },
  'flink list -a -Dkubernetes.cluster-id=ID': {
    replies: () => jobs(finished),
    stdout: listed(
      'No running jobs.',
      'No scheduled jobs.',
      '---------------------- Terminated Jobs -----------------------',
      `23.11.2026 22:10:34 : ${jobId} : CarTopSpeedWindowingExample (FINISHED)`,
      rule,
    ),
  },
  'flink info -Dkubernetes.cluster-id=ID -p 2 x.jar': {
    replies: () => ({ ...uploading(), [`POST ${live}/job-plans`]: { body: { plan: { nodes: [] } } } }),
    stdout: `----------------------- Execution Plan -----------------------\n{\n  "nodes": []\n}\n${rule}\n\nNo description provided.\n`,
    sent: { jar: remote, parallelism: 2 },
  },
  'flink savepoint -Dkubernetes.cluster-id=ID JOB DIR': {
    replies: () => taking('savepoints', { kind: 'savepoint', savepoint: `${directory}/savepoint-1` }),
    stdout: `Triggering savepoint for job ${jobId}.\nWaiting for response...\nSavepoint completed. Path: ${directory}/savepoint-1\nYou can resume your program from this savepoint with the run command.\n`,
    sent: { directory, format: 'CANONICAL' },
  },
  'flink savepoint -Dkubernetes.cluster-id=ID -type native -detached JOB': {
    replies: () => taking('savepoints', { kind: 'savepoint', state: 'PENDING' }),
    stdout: `Triggering savepoint in detached mode for job ${jobId}.\nSuccessfully trigger manual savepoint, triggerId: ${savepointId}\n`,
    sent: { format: 'NATIVE' },
  },
  'flink savepoint -Dkubernetes.cluster-id=ID -d DIR/sp': {
    replies: () => ({ [`POST ${live}/savepoint-disposals`]: accepted({ kind: 'dispose-savepoint' }) }),
    stdout: `Disposing savepoint '${directory}/sp'.\nWaiting for response...\nSavepoint '${directory}/sp' disposed.\n`,
    sent: { path: `${directory}/sp` },
  },
  'flink checkpoint -Dkubernetes.cluster-id=ID -full JOB': {
    replies: () => taking('checkpoints', { kind: 'checkpoint', checkpoint: 7 }),
    stdout: `Triggering checkpoint for job ${jobId}.\nWaiting for response...\nCheckpoint(FULL) 7 for job ${jobId} completed.\nYou can resume your program from this checkpoint with the run command.\n`,
    sent: { full: true },
  },
  'flink stop -Dkubernetes.cluster-id=ID -p DIR JOB': {
    replies: () =>
      taking('stop', { kind: 'stop-job', savepoint: 'file:/tmp/savepoints/savepoint-2430ad-2ddff00a1dae' }),
    stdout: `Suspending job "${jobId}" with a CANONICAL savepoint.\nTriggering stop-with-savepoint for job ${jobId}.\nWaiting for response...\nSavepoint completed. Path: file:/tmp/savepoints/savepoint-2430ad-2ddff00a1dae\n`,
    sent: { directory, format: 'CANONICAL', drain: false },
    golden: 'live-stop-savepoint',
  },
  'flink stop -Dkubernetes.cluster-id=ID -p JOB': {
    replies: () => taking('stop', { kind: 'stop-job', savepoint: `${directory}/1` }),
    stdout: /Savepoint completed\. Path: /,
    sent: { format: 'CANONICAL', drain: false },
  },
  'flink stop -Dkubernetes.cluster-id=ID -d -type native -detached JOB': {
    replies: () => taking('stop', { kind: 'stop-job', state: 'PENDING' }),
    stdout: `Draining job "${jobId}" with a NATIVE savepoint.\nTriggering stop-with-savepoint in detached mode for job ${jobId}.\nSuccessfully trigger stop-with-savepoint in detached mode, triggerId: ${savepointId}\n`,
    sent: { format: 'NATIVE', drain: true },
  },
  'flink cancel -Dkubernetes.cluster-id=ID JOB': {
    replies: () => taking('cancel', { kind: 'cancel' }),
    stdout: `Cancelling job ${jobId}.\nCancelled job ${jobId}.\n`,
    golden: 'live-cancel',
  },
  'flink cancel -Dkubernetes.cluster-id=ID -s DIR JOB': {
    replies: () => taking('savepoints', { kind: 'savepoint', savepoint: `${directory}/savepoint-1` }),
    stdout: `Cancelling job ${jobId} with CANONICAL savepoint to ${directory}.\nCancelled job ${jobId}. Savepoint stored in ${directory}/savepoint-1.\n`,
    sent: { directory, cancelJob: true },
  },
  flink: { code: 1, stdout: /\nPlease specify an action\.\n$/ },
  'flink launch': {
    code: 1,
    stdout: /^"launch" is not a valid action\.[^]*"run", [^]*"info", "savepoint", [^]*"stop", "cancel"/,
  },
  'flink -v': { stdout: /^Version: \d/ },
};
const pipe = 'echo stop | ';
const wordsOf = (line: string): readonly string[] => {
  const [script = '', ...words] = line.replace(pipe, '').split(' ');
  const filled = words.map((word) =>
    word
      .replaceAll('NAMESPACE', 'golden')
      .replaceAll('DIR', directory)
      .replaceAll(/\bID\b/g, 'live')
      .replace(/^JOB$/, jobId)
      .replace(/^x\.jar$/, jar),
  );
  return script === 'kubernetes-session.sh' ? ['kubernetes-session', ...filled] : filled;
};
const exactly = (text: string) => new RegExp(`^${text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)}$`);
/** What main() printed is Flink's client's own; here that is in the log of the JobManager. */
const sameJob = (lines: readonly string[]) =>
  lines
    .filter((line) => !/^(Executing example|Use --input|Printing result)/.test(line))
    .map((line) => line.replace('2430ad99fac1e547d292d35d6b46550e', jobId).replaceAll(/[0-9a-f]{32}/g, jobId));

describe.each(Object.entries(rows))(
  '%s',
  (line, { replies = () => ({}), code = 0, stdout, sent, golden: recorded }) => {
    it('does what docs/commands.md says', async () => {
      server.answer({ 'GET /v1/targets': oneTarget, ...replies() });

      const ended = await drey(wordsOf(line), { api: server.url, input: line.startsWith(pipe) ? 'stop\n' : '' });

      expect(ended.code).toBe(code);
      expect(ended.stdout).toMatch(typeof stdout === 'string' ? exactly(stdout) : stdout);
      const last = server.received.findLast(({ method }) => method === 'POST');
      expect(last?.json ?? {}).toMatchObject(sent ?? {});
      const lines = recorded === undefined ? undefined : sameJob(await golden(recorded));
      expect(ended.stdout.trimEnd().split('\n')).toEqual(lines ?? ended.stdout.trimEnd().split('\n'));
    });
  },
);

it('is the table of docs/commands.md', async () => {
  const page = await readFile(join(packageFolder, 'docs/commands.md'), 'utf8');

  const lines = [...page.matchAll(/^\| `(.+?)` \|/gm)].map(([, line = '']) => line.replaceAll(String.raw`\|`, '|'));

  expect(lines).toEqual(Object.keys(rows));
});
