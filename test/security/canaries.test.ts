import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { Accepted } from '#events/http/accepted.ts';
import type { Upload } from '#events/http/uploads.ts';
import type { Operation } from '#events/records/operation.ts';

import { drey } from '../support/cli.ts';
import { canaries, canaryOf, makeApplication, makeMessage, makeSession } from '../support/planted-commands.ts';
import { readLogGroups } from '../support/log-groups.ts';
import { readBucket, readHistories, readRejected, readTable } from '../support/sinks.ts';
import { createNamespace, deleteNamespace } from '../support/namespaces.ts';
import { send } from '../support/queue-messages.ts';
import { call, freshId, readEvents, small, stop, system, unschedulable, until, untilState } from '../support/system.ts';

/** A target that allows plain secrets, and whose own defaults have one. */
const target = freshId('canary');
/** Names are shown by design, so that the search has to find these. */
const control = canaryOf('control');

const answers: unknown[] = [];
const cliOutput: string[] = [];
const ask = async <T>(method: string, path: string, body?: unknown, headers: Readonly<Record<string, string>> = {}) => {
  const answer = await call<T>(method, path, body, headers);
  answers.push(answer.body);
  return answer;
};
const own = `/v1/targets/${target}`;
const clusters = `${own}/clusters`;

const runDrey = async (...words: readonly string[]) => {
  const { code, stdout, stderr } = await drey(words, '', { DREY_TARGET: target });
  cliOutput.push(stdout, stderr);
  return code;
};

const started: string[] = [];

const start = async (body: Readonly<Record<string, unknown>> & { readonly clusterId: string }): Promise<Operation> => {
  const { status, body: answer } = await ask<Accepted>('POST', clusters, body);
  if (status >= 300) throw new Error(`The deploy was refused with ${status}: ${JSON.stringify(answer)}`);
  started.push(body.clusterId);
  return answer.operation;
};

/** The clusters of the messages that are rejected. */
const wrongMessages = ['a', 'b', 'c', 'd'];

/** Waits until the messages about these clusters are rejected. */
const untilRejected = (...clusterIds: readonly string[]) => {
  const subjects = clusterIds.map((clusterId) => `targets/${target}/clusters/${clusterId}`);
  const isRejected = (subject: string) =>
    readEvents().some(
      (event) => event['detail-type'] === 'Flink Command Rejected' && event.detail['subject'] === subject,
    );
  return until(async () => subjects.every(isRejected), Boolean);
};

const upload = async (name: string, text: string): Promise<string> => {
  const { body } = await call<Upload>('POST', `${own}/uploads`, { name, bytes: text.length });
  await fetch(body.url, { method: 'PUT', headers: body.headers, body: text });
  return body.jar;
};

const putTarget = (members: object = {}) =>
  ask('PUT', own, {
    cluster: system.eksCluster,
    region: system.region,
    namespace: target,
    defaults: {
      'kubernetes.service-account': 'flink',
      'kubernetes.container.image.ref': 'flink:2.2',
      'fs.s3a.secret.key': canaryOf('target'),
    },
    policy: { plainSecrets: true, jars: ['https://example.com/'] },
    limits: { memoryGibibytes: 100 },
    ...members,
  });

const commandsThatAreAccepted = async () => {
  const shown = { labels: { team: control }, correlationId: control };
  await start({ ...makeSession(`${target}-one`, 'accepted'), ...shown });
  await ask('POST', `${own}/plans`, makeSession(`${target}-plan`, 'plan'));
  await ask('PUT', `${own}/queue`, { paused: true });
  const queued = await start(makeSession(`${target}-two`, 'queued'));
  await ask('POST', `${own}/queue/${queued.operationId}/cancel`, {});
  const batch = await ask<Accepted>('POST', `${own}/batches`, {
    name: 'days',
    template: {
      mode: 'application',
      job: { jar: 'local:///a.jar' },
      config: { ...unschedulable, 'my.secret': '${param.key}' },
    },
    parameters: [{ key: canaryOf('batch') }],
  });
  await ask('POST', `${own}/queue/${batch.body.operation.operationId}/cancel`, {});
  await ask('PUT', `${own}/queue`, { paused: false });
};

const commandsThatFail = async () => {
  const refusing = `/v1/targets/${system.target}/clusters`;
  await ask('POST', refusing, makeSession(freshId('refused'), 'refused'));
  await ask('POST', clusters, {
    ...makeSession(freshId('malformed'), 'malformed'),
    config: { 'my.secret': [canaryOf('list')] },
  });
  await ask('POST', clusters, `{"mode": "${canaryOf('nojson')}`);
  await ask('POST', clusters, makeApplication(freshId('jar'), 'jar'));
  const large = makeSession(freshId('large'), 'large');
  await ask('POST', clusters, { ...large, config: { ...large.config, 'jobmanager.memory.process.size': '500g' } });
  await ask(
    'POST',
    clusters,
    { mode: 'session', clusterId: freshId('key') },
    { 'idempotency-key': `drey:${canaryOf('key')}` },
  );
  await send(
    makeMessage(
      { target, clusterId: 'a' },
      {
        mode: 'session',
        podTemplates: { default: { spec: { containers: [{ name: 'x', env: { DB_PASSWORD: canaryOf('env') } }] } } },
      },
    ),
    `${target}-a`,
  );
  await send(makeMessage({ target, clusterId: 'b' }, makeApplication('b', 'message')), `${target}-b`);
  await send(
    makeMessage({ target, clusterId: 'c' }, { ...makeSession('c', 'unknown'), nonsense: canaryOf('nonsense') }),
    `${target}-c`,
  );
  const body = { ...makeSession('d', 'upload'), nonsense: canaryOf('nonsense') };
  const dataref = await upload('command.json', JSON.stringify(body));
  await send(makeMessage({ target, clusterId: 'd' }, undefined, { dataref }), `${target}-d`);
  await send(`{"data": "${canaryOf('nojson')}`, `${target}-e`);
  await putTarget({ defaults: { 'my.secret': canaryOf('refusedtarget') }, policy: {} });
};

/** A jar without a program on a real session, and an application whose jar does not exist. */
const programsThatFail = async () => {
  const clusterId = `${target}-run`;
  await start({ mode: 'session', clusterId, config: { ...small, 'my.secret': canaryOf('running') } });
  const application = await start({
    mode: 'application',
    clusterId: `${target}-404`,
    job: {
      jar: `https://example.com/missing.jar?signature=${canaryOf('signature')}`,
      args: ['--db.password', canaryOf('application')],
    },
    config: { ...small, 'my.secret': canaryOf('application') },
  });
  await untilState(clusterId, 'RUNNING', target);
  const { body } = await ask<Accepted>('POST', `${clusters}/${clusterId}/jobs`, {
    jar: await upload('a.jar', 'PK\u0003\u0004'),
    args: ['--db.password', canaryOf('job')],
    config: { 'my.secret': canaryOf('joboption') },
  });
  for (const { operationId } of [body.operation, application])
    await until(
      async () => (await ask<Operation>('GET', `${own}/operations/${operationId}`)).body.state,
      (state) => state === 'FAILED',
    );
};

const runCommandLine = async () => {
  const folder = await mkdtemp(join(tmpdir(), 'canaries-'));
  const file = join(folder, 'target.yaml');
  await writeFile(
    file,
    `cluster: ${system.eksCluster}\nregion: ${system.region}\nnamespace: other\ndefaults: { my.secret: ${canaryOf('cli')} }\n`,
  );
  await runDrey('targets', 'get', target);
  await runDrey('targets', 'get', target, '--output', 'json');
  await runDrey('targets', 'put', freshId('cli'), file);
  await runDrey(
    'kubernetes-session',
    `-Dkubernetes.cluster-id=${freshId('cli')}`,
    `-Dmy.secret=${canaryOf('cli')}`,
    '-Ddrey.target=local',
  );
  await runDrey('describe', `${target}-one`);
  await runDrey('revisions', `${target}-one`);
  await runDrey('revisions', `${target}-one`, '1');
  await runDrey('clusters');
  await runDrey('queue', 'dead-letters');
  await rm(folder, { recursive: true });
};

const read = async () => {
  for (const path of [
    '/v1/targets',
    clusters,
    `${clusters}/${target}-one`,
    `${clusters}/${target}-one/events`,
    `${clusters}/${target}-one/revisions`,
    `${clusters}/${target}-one/revisions/1`,
    `${clusters}/${target}-404/revisions/1`,
    `${own}/queue`,
    '/v1/dead-letters',
  ])
    await ask('GET', path);
};

beforeAll(async () => {
  await createNamespace(target, { pods: 4 });
  const { status, body } = await putTarget();
  if (status !== 200) throw new Error(`PUT ${target}: ${status} ${JSON.stringify(body)}`);
  await commandsThatAreAccepted();
  await commandsThatFail();
  await untilRejected(...wrongMessages);
  await programsThatFail();
  for (const clusterId of started) await stop(clusterId, {}, target);
  for (const clusterId of [`${target}-one`, `${target}-run`]) await untilState(clusterId, 'STOPPED', target);
  await read();
  await runCommandLine();
}, 600_000);

afterAll(async () => {
  await deleteNamespace(target);
});

const sinks: Readonly<Record<string, () => unknown>> = {
  'the answers of the API': () => answers,
  'the output of the command line': () => cliOutput,
  'records that do not expire': () => readTable(target),
  'the events on the bus': () => readFile(system.eventsFile, 'utf8'),
  'rejected messages': () => readRejected(target, wrongMessages.length),
  'the histories of state machines': readHistories,
  'the logs of functions': readLogGroups,
  'the bodies of commands that have ended': () => readBucket(target),
};

/** The text of each place, which is read once. Messages that were received are hidden for some time. */
const texts = new Map<string, string>();
const readText = async (place: string): Promise<string> => {
  const text = texts.get(place) ?? JSON.stringify(await sinks[place]?.());
  texts.set(place, text);
  return text;
};

const find = async (place: string): Promise<readonly string[]> => [...new Set((await readText(place)).match(canaries))];

describe('secrets in what Drey keeps and says', () => {
  it.each(Object.keys(sinks))('no secret of a command is in %s', { timeout: 120_000 }, async (place) => {
    expect((await find(place)).filter((canary) => canary !== control)).toEqual([]);
  });

  it.each(['the answers of the API', 'records that do not expire', 'the events on the bus'])(
    'a search finds what is shown by design in %s',
    async (place) => {
      expect(await find(place)).toContain(control);
    },
  );

  it.each([
    'the output of the command line',
    'rejected messages',
    'the histories of state machines',
    'the logs of functions',
  ])('a search reads %s', { timeout: 120_000 }, async (place) => {
    expect(await readText(place)).toMatch(
      new RegExp(place === 'the histories of state machines' ? 'operationId' : target),
    );
  });
});
