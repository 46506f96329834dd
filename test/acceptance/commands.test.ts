import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { afterAll, expect, it } from 'vitest';

import type { Job } from '#events/records/job.ts';
import { exampleJar } from '#local/services/kubernetes.ts';
import { settingsFrom } from '#local/settings.ts';

import { enableS3, toWords } from '../support/bucket.ts';
import { packageFolder } from '../support/cli.ts';
import {
  freshId,
  kubectl,
  listJobs,
  listObjects,
  stop,
  system,
  until,
  untilDone,
  untilJobRuns,
  untilState,
} from '../support/system.ts';
import { directory, session, type, typeAction, typed } from './command-table.ts';

/** Runs each row of docs/commands.md with `bin/flink` and `bin/kubernetes-session.sh` against real Flink. */

const finite = exampleJar(settingsFrom(), 'WordCount');
const saved = freshId('cmdsaved');
const [application, application2] = [freshId('cmdapp'), freshId('cmdapp')];
const small = toWords({
  ...enableS3(),
  'jobmanager.memory.process.size': '1g',
  'taskmanager.memory.process.size': '1g',
  'taskmanager.numberOfTaskSlots': 4,
  'execution.checkpointing.savepoint-dir': directory,
});

afterAll(async () => {
  await Promise.all([session, saved, application, application2].map((clusterId) => stop(clusterId)));
});

const untilJob = (jobId: string, state: Job['state'], clusterId = session) =>
  until(
    () => listJobs(clusterId),
    (jobs) => jobs.some((job) => job.jobId === jobId && job.state === state),
  );
const kubectlRaw = (path: string) => kubectl('get', '--raw', `/api/v1/namespaces/${system.namespace}/${path}`);

const submittedId = (stdout: string) => /Job has been submitted with JobID ([0-9a-f]{32})/.exec(stdout)?.[1] ?? '';
const pathIn = (stdout: string) => /(?:Path: |stored in )(\S+?)\.?$/m.exec(stdout)?.[1] ?? '';
const succeeded = { code: 0 };

let job = '';
let savepoint = '';
let stopped = '';
const started = async (ran: Promise<{ code: number; stdout: string; stderr: string }>) => {
  const { code, stdout, stderr } = await ran;
  expect({ code, stderr }).toMatchObject(succeeded);
  job = submittedId(stdout);
  // Its tasks may not run yet. The commands wait for them.
  await untilJob(job, 'RUNNING');
};

it('a session starts with its script', async () => {
  const { code, stdout } = await type('kubernetes-session.sh -Dkubernetes.cluster-id=ID', { more: small });

  expect(code).toBe(0);
  expect(stdout).toContain(`Create flink session cluster ${session} successfully`);
  expect((await type('kubernetes-session.sh -h')).stdout).toMatch(/^Usage: drey kubernetes-session/);
});

it('run -d, and the four lists', async () => {
  await started(type('flink run -d -t kubernetes-session -Dkubernetes.cluster-id=ID x.jar'));

  const line = new RegExp(`: ${job} : .* \\(RUNNING\\)`);
  expect((await type('flink list -t kubernetes-session -Dkubernetes.cluster-id=ID')).stdout).toMatch(line);
  expect((await type('flink list -r -Dkubernetes.cluster-id=ID')).stdout).toMatch(line);
  expect((await type('flink list -a -Dkubernetes.cluster-id=ID')).stdout).toMatch(line);
  expect((await type('flink list -s -Dkubernetes.cluster-id=ID')).stdout).toBe(
    'Waiting for response...\nNo scheduled jobs.\n',
  );
});

it('info shows the plan, and leaves nothing on the session', async () => {
  const { code, stdout } = await type('flink info -Dkubernetes.cluster-id=ID -p 2 x.jar');

  expect(code).toBe(0);
  expect(stdout).toContain('----------------------- Execution Plan -----------------------');
  expect(stdout).toContain('"nodes"');
  expect(JSON.parse(await kubectlRaw(`services/${session}-rest:rest/proxy/v1/jars`))).toMatchObject({ files: [] });
});

it('savepoint and checkpoint leave the job running', async () => {
  const taken = await type('flink savepoint -Dkubernetes.cluster-id=ID JOB DIR', { job });
  const detached = await type('flink savepoint -Dkubernetes.cluster-id=ID -type native -detached JOB', { job });
  const checkpoint = await type('flink checkpoint -Dkubernetes.cluster-id=ID -full JOB', { job });

  savepoint = pathIn(taken.stdout);
  expect(taken).toMatchObject(succeeded);
  expect(savepoint).toContain(`${directory}/savepoint-`);
  const operationId = /triggerId: ([0-9a-f]{32})/.exec(detached.stdout)?.[1] ?? '';
  expect(await untilDone(operationId)).toMatchObject({ state: 'SUCCEEDED', savepoint: expect.any(String) });
  expect(checkpoint).toMatchObject(succeeded);
  expect(checkpoint.stdout).toMatch(new RegExp(`Checkpoint\\(FULL\\) \\d+ for job ${job} completed\\.`));
  expect((await listJobs(session)).find(({ jobId }) => jobId === job)?.state).toBe('RUNNING');
});

it('stop ends the job with a savepoint, from which it is restarted', async () => {
  const { code, stdout } = await type('flink stop -Dkubernetes.cluster-id=ID -p DIR JOB', { job });

  stopped = pathIn(stdout);
  expect(code).toBe(0);
  expect(await untilJob(job, 'FINISHED')).toContainEqual(expect.objectContaining({ jobId: job, savepoint: stopped }));
  await started(
    type(
      'flink run -d -Dkubernetes.cluster-id=ID -c a.Main -p 4 -C https://repo/lib.jar -s DIR/sp -n -claimMode claim x.jar',
      {
        instead: {
          'a.Main': 'org.apache.flink.streaming.examples.windowing.TopSpeedWindowing',
          'https://repo/lib.jar': 'file:///opt/flink/examples/streaming/WordCount.jar',
          'DIR/sp': stopped,
        },
      },
    ),
  );
  const { latest } = JSON.parse(await kubectlRaw(`services/${session}-rest:rest/proxy/v1/jobs/${job}/checkpoints`)) as {
    latest: { restored: { external_path: string } | null };
  };
  expect(latest.restored?.external_path).toBe(stopped);
});

it('stop accepts the job after -p', async () => {
  const { code, stdout } = await type('flink stop -Dkubernetes.cluster-id=ID -p JOB', { job });

  expect({ code, path: pathIn(stdout) }).toEqual({ code: 0, path: expect.stringContaining(`${directory}/savepoint-`) });
});

it('-e and -m name the session, too, and a detached stop drains the job', async () => {
  await started(type('flink run -d -e kubernetes-session -Dkubernetes.cluster-id=ID x.jar'));

  const paused = await type('flink stop -Dkubernetes.cluster-id=ID -d -type native -detached JOB', { job });

  expect(paused).toMatchObject(succeeded);
  await untilJob(job, 'FINISHED');
  await started(type('flink run -d -m ID-rest.NAMESPACE:8081 x.jar'));
  expect(await type('flink cancel -Dkubernetes.cluster-id=ID JOB', { job })).toMatchObject(succeeded);
  await untilJob(job, 'CANCELED');
});

it('cancel -s takes a savepoint first, and -d deletes one', async () => {
  await started(type('flink run -d -Dkubernetes.cluster-id=ID -j x.jar -a --day -a 1'));

  const { code, stdout } = await type('flink cancel -Dkubernetes.cluster-id=ID -s DIR JOB', { job });

  expect({ code, path: pathIn(stdout) }).toEqual({ code: 0, path: expect.stringContaining(`${directory}/savepoint-`) });
  await untilJob(job, 'CANCELED');
  const disposal = await type('flink savepoint -Dkubernetes.cluster-id=ID -d DIR/sp', {
    instead: { 'DIR/sp': savepoint },
  });
  expect(disposal).toMatchObject({ code: 0, stdout: expect.stringContaining(`Savepoint '${savepoint}' disposed.`) });
  const again = await type('flink savepoint -Dkubernetes.cluster-id=ID -d DIR/sp', {
    instead: { 'DIR/sp': savepoint },
  });
  expect(again).toMatchObject({ code: 1, stderr: expect.stringContaining(savepoint) });
});

it('an attached run waits for the end of the job', async () => {
  const { code, stdout } = await type('flink run -t kubernetes-session -Dkubernetes.cluster-id=ID x.jar --day 1', {
    jar: finite,
  });

  expect(code).toBe(0);
  expect(stdout).toMatch(
    /Program execution finished\nJob with JobID [0-9a-f]{32} has finished\.\nJob Runtime: \d+ ms\n$/,
  );
});

it('the session stops by a piped command, and leaves nothing', async () => {
  const line = 'echo stop | kubernetes-session.sh -Dkubernetes.cluster-id=ID -Dexecution.attached=true';

  const { code, stdout } = await type(line);

  expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining(`Stopped session cluster ${session}.`) });
  expect(await listObjects(session)).toEqual([]);
  expect(await type(line)).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('Nothing was stopped or started'),
  });
});

it('applications start by both actions, and their jobs are listed and canceled', async () => {
  const instead = { 'usrlib/x.jar': 'examples/streaming/TopSpeedWindowing.jar' };
  const [one, other] = await Promise.all([
    typeAction('flink run -t kubernetes-application -Dkubernetes.cluster-id=ID -sae local:///opt/flink/usrlib/x.jar', {
      id: application,
      instead,
      more: small,
    }),
    typeAction(
      'flink run-application -t kubernetes-application -Dkubernetes.cluster-id=ID local:///opt/flink/usrlib/x.jar',
      {
        id: application2,
        instead,
        more: small,
      },
    ),
  ]);

  expect(one).toMatchObject({
    code: 0,
    stdout: expect.stringContaining(`Create flink application cluster ${application} successfully`),
  });
  expect(other).toMatchObject(succeeded);
  const own = await untilJobRuns(application);
  expect(
    await type('flink cancel -Dkubernetes.cluster-id=ID JOB', { id: application, job: own?.jobId ?? '' }),
  ).toMatchObject(succeeded);
  await untilState(application, 'CANCELED');
  const second = await untilJobRuns(application2);
  const stopping = await type('flink stop -Dkubernetes.cluster-id=ID -p DIR JOB', {
    id: application2,
    job: second?.jobId ?? '',
  });
  expect(stopping).toMatchObject({ code: 0, stdout: expect.stringContaining('Savepoint completed. Path: ') });
  await untilState(application2, 'FINISHED');
});

it('a stop of the cluster right after two runs takes a savepoint of both', async () => {
  await type('kubernetes-session.sh -Dkubernetes.cluster-id=ID', { id: saved, more: small });
  const run = 'flink run -d -t kubernetes-session -Dkubernetes.cluster-id=ID x.jar';
  const [one, other] = [await type(run, { id: saved }), await type(run, { id: saved })];

  const { body } = await stop(saved, { savepoint: 'required' });

  expect([one, other]).toMatchObject([succeeded, succeeded]);
  expect(await untilDone(body.operation.operationId)).toMatchObject({ state: 'SUCCEEDED' });
  const finalSavepoint = expect.stringContaining(`${directory}/savepoint-`) as string;
  expect(await listJobs(saved)).toMatchObject([
    { state: 'FINISHED', finalSavepoint },
    { state: 'FINISHED', finalSavepoint },
  ]);
});

it('invalid commands fail as in Flink', async () => {
  expect(await type('flink run -t kubernetes-per-job x.jar')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('Per-Job Mode not supported'),
  });
  expect(await type('flink')).toMatchObject({ code: 1, stdout: expect.stringContaining('Please specify an action.') });
  expect(await type('flink launch')).toMatchObject({ code: 1, stdout: expect.stringContaining('not a valid action') });
  expect(await type('flink -v')).toMatchObject({ code: 0, stdout: expect.stringMatching(/^Version: /) });
});

it('no row of the table is left out', async () => {
  const page = await readFile(join(packageFolder, 'docs/commands.md'), 'utf8');
  const lines = [...page.matchAll(/^\| `(.+?)` \|/gm)].map(([, line = '']) => line.replaceAll(String.raw`\|`, '|'));

  expect(lines.filter((line) => !typed.includes(line))).toEqual([]);
});
