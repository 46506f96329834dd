import { beforeAll, describe, expect, it } from 'vitest';

import { type ApiFunction, calls } from '#events/http/api.ts';
import { pathParameters } from '#events/http/path-parameters.ts';
import { type FieldError, Problem, toPointer } from '#events/problems/problem.ts';
import { apiHandlers } from '#test/fakes/api-handlers.ts';
import { jarBytes } from '#test/fakes/jars.ts';
import { callHandler, makeHttpEvent } from '#test/fakes/lambda.ts';
import { makeWorld, runQueues } from '#test/fakes/world.ts';

import { listMembers, minTextLength, setMember, validatorWords, wrongValues } from './members.ts';

const jar = 's3://bucket/uploads/local/1/job.jar';
const hex = 'a'.repeat(32);
const program = { jar: 'local:///a.jar' };

/** A body that the route accepts, so that one mistake is the only one. */
const validBodies: Readonly<Record<string, object>> = {
  'POST /v1/targets/{target}/clusters': { mode: 'application', job: program },
  'POST /v1/targets/{target}/plans': { mode: 'application', job: program },
  'PUT /v1/targets/{target}/specs/{name}': { mode: 'application', job: program },
  'POST /v1/targets/{target}/clusters/{clusterId}/jobs': { jar },
  'POST /v1/targets/{target}/clusters/{clusterId}/job-plans': { jar, args: [] },
  'POST /v1/targets/{target}/batches': {
    name: 'days',
    template: { mode: 'application', job: program },
    parameters: [{ day: '1' }],
  },
  'PUT /v1/targets/{target}': { cluster: 'eks', region: 'eu-central-1', namespace: 'flink' },
  'PUT /v1/targets/{target}/schedules/{name}': { action: 'stop', expression: 'rate(1 day)', selector: {} },
  'PUT /v1/targets/{target}/queue': { paused: false },
  'POST /v1/targets/{target}/uploads': { name: 'job.jar', bytes: 10 },
};

const valid = {
  target: 'local',
  clusterId: 'etl',
  jobId: hex,
  operationId: hex,
  name: 'office',
  revision: '1',
  snapshotId: hex,
  proxy: 'jobs/overview',
};

const world = makeWorld();
const internalErrors: string[] = [];

beforeAll(async () => {
  const error = (message: string, fields: object = {}) => internalErrors.push(JSON.stringify({ message, ...fields }));
  Object.assign(world.ports, { log: { ...world.ports.log, error } });
  world.jars.stored.set(jar, jarBytes);
  await send('POST /v1/targets/{target}/clusters', { body: { mode: 'session', clusterId: 'etl' } });
  await world.workflows.runAll(world.ports);
  await runQueues(world);
});

interface Sent {
  readonly body?: unknown;
  readonly path?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
}

const send = (route: string, { body, path = {}, query = {}, headers = {} }: Sent) => {
  const names = [...route.matchAll(/\{(\w+)\+?\}/g)].map(([, name = '']) => name);
  const parameters = Object.fromEntries(names.map((name) => [name, path[name] ?? Reflect.get(valid, name)]));
  const handler = apiHandlers[calls[route]?.function as ApiFunction](world.ports); // The table has functions of the API.
  return callHandler(handler, makeHttpEvent(route, parameters, { body: JSON.stringify(body), query, headers }));
};

/** What is wrong with an answer to a request with a mistake. Undefined: the answer helps the caller. */
const findFlaw = ({ status, body }: Awaited<ReturnType<typeof send>>, pointer: string): string | undefined => {
  if (status < 400) return undefined;
  const { detail, code, errors = [] } = Problem.parse(body);
  if (status === 500 || code === 'internal') return `500 ${detail}`;
  const texts = [detail, ...errors.map((one) => one.detail)];
  const bad = texts.find((text) => validatorWords.test(text) || text.trim() === '');
  if (bad !== undefined) return bad;
  const repeated = findRepeatedError(detail, errors);
  if (repeated !== undefined) return `repeated: ${repeated}`;
  const names = errors.some(
    (one) =>
      // A mistake is in the member, or in a member around or in it. Or another member is required, or excluded, beside it.
      `${one.pointer}/`.startsWith(pointer) ||
      `${pointer}/`.startsWith(one.pointer) ||
      /^(is required|Set either )/.test(one.detail),
  );
  return code === 'malformed-request' && !names ? `another member: ${JSON.stringify(errors)} ${detail}` : undefined;
};

/** A text that an answer says twice: a field error in the list, or more than the first field error in the detail. */
const findRepeatedError = (detail: string, errors: readonly FieldError[]): string | undefined => {
  const texts = errors.map((one) => `${one.pointer}: ${one.detail}`);
  const [, ...others] = new Set(errors.map((one) => one.detail));
  return (
    texts.find((text, index) => texts.indexOf(text) !== index) ??
    others.find((text) => text.length >= minTextLength && detail.includes(text))
  );
};

interface Mistake extends Sent {
  readonly pointer: string;
  readonly value: string;
}

const findFlaws = async (route: string, mistakes: readonly Mistake[]): Promise<readonly string[]> => {
  const flaws: string[] = [];
  for (const { pointer, value, ...sent } of mistakes) {
    const flaw = findFlaw(await send(route, sent), pointer);
    if (flaw !== undefined) flaws.push(`${pointer} ${value.slice(0, 20)}: ${flaw.slice(0, 200)}`);
  }
  return flaws;
};

const isText = (value: unknown): value is string => typeof value === 'string';

describe.each(Object.keys(calls))('a mistake in %s', (route) => {
  it('in a member of the body is told in words for the caller', { timeout: 60_000 }, async () => {
    const body = calls[route]?.body;
    const members = body === undefined ? [] : listMembers(body);
    const mistakes = [[], ...members].flatMap((path) =>
      wrongValues.map(([kind, value]) => ({
        pointer: toPointer(path.map(String)),
        value: kind,
        body: setMember(validBodies[route], path, value),
      })),
    );

    expect(await findFlaws(route, mistakes)).toEqual([]);
  });

  it('in the path, the query or the idempotency key is told in words for the caller', async () => {
    const names = [...route.matchAll(/\{(\w+)\+?\}/g)].map(([, name = '']) => name);
    const queries = [...Object.keys(calls[route]?.query?.shape ?? {}), 'nonsense'];
    const texts = wrongValues.map(([, value]) => value).filter(isText);
    const body = validBodies[route];
    const mistakes = texts.flatMap((value) => [
      ...names.map((name) => ({ pointer: `/${name}`, value, body, path: { [name]: value } })),
      ...queries.map((name) => ({ pointer: `/${name}`, value, body, query: { [name]: value } })),
      { pointer: '/idempotency-key', value, body, headers: { 'idempotency-key': value } },
    ]);

    expect(await findFlaws(route, mistakes)).toEqual([]);
  });

  it('is never an error in the log', () => {
    expect(internalErrors.splice(0)).toEqual([]);
  });
});

describe('the sweep', () => {
  it('knows every parameter of a path', () => {
    expect(Object.keys(valid).toSorted()).toEqual(Object.keys(pathParameters).toSorted());
  });
});
