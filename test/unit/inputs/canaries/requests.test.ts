import { describe, expect, it, vi } from 'vitest';

import { type ApiFunction, calls } from '#events/http/api.ts';
import { commandKinds, commands } from '#events/commands/index.ts';
import { toPointer } from '#events/problems/problem.ts';
import { apiHandlers } from '#test/fakes/api-handlers.ts';
import { jarBytes } from '#test/fakes/jars.ts';
import { callHandler, makeHttpEvent } from '#test/fakes/lambda.ts';
import { makeWorld, type World } from '#test/fakes/world.ts';
import { visibleMembers } from '#test/support/visible-members.ts';

import { listMembers, type MemberPath, setMember } from '../sweep/members.ts';
import { canary, fill, forms, podMembers } from './plants.ts';
import { readSinks, recordLog, runAll } from './sinks.ts';

const jar = 's3://bucket/uploads/local/1/job.jar';
const program = { jar: 'local:///a.jar' };
const clusterId = 'etl';
const jobId = 'a'.repeat(32);

const commandRoutes = new Set<string>(commandKinds.map((kind) => commands[kind].route));
/** The requests with a body that are no commands. */
const routes = Object.keys(calls).filter((route) => calls[route]?.body !== undefined && !commandRoutes.has(route));

/** A body that the route accepts. */
const bases: Readonly<Record<string, object>> = {
  // The plan of a live cluster also has what would change. An application cannot have the state of a session.
  'POST /v1/targets/{target}/plans': { mode: 'application', clusterId, job: program, rollout: { state: 'none' } },
  'PUT /v1/targets/{target}/specs/{name}': { mode: 'application', job: program },
  'POST /v1/targets/{target}/clusters/{clusterId}/job-plans': { jar, args: [] },
  'PUT /v1/targets/{target}': { cluster: 'eks', region: 'eu-central-1', namespace: 'other' },
  'PUT /v1/targets/{target}/schedules/{name}': { action: 'stop', expression: 'rate(1 day)', selector: {} },
  'PUT /v1/targets/{target}/queue': { paused: false },
  'POST /v1/targets/{target}/uploads': { name: 'job.jar', bytes: 10 },
};

const extraMembers: Readonly<Record<string, readonly MemberPath[]>> = {
  'PUT /v1/targets/{target}': [
    ['defaults', 's3.secret-key'],
    ['policy', 'locked', 's3.secret-key'],
  ],
  'POST /v1/targets/{target}/plans': [...podMembers, ['config', 's3.secret-key'], ['config', 'pipeline.classpaths']],
  'PUT /v1/targets/{target}/specs/{name}': [...podMembers, ['config', 's3.secret-key']],
};

const startWorld = async (): Promise<World> => {
  const world = makeWorld();
  Object.assign(world.ports, { log: recordLog() });
  world.jars.stored.set(jar, jarBytes);
  const session = { body: { mode: 'session', clusterId } };
  const route = 'POST /v1/targets/{target}/clusters';
  await callHandler(apiHandlers.deploy(world.ports), makeHttpEvent(route, { target: 'local' }, session));
  await runAll(world);
  return world;
};

const shown = new Set<string>();

const findSinks = async (
  route: string,
  { body, allows }: { body: unknown; allows: boolean },
): Promise<readonly string[]> => {
  const world = await startWorld();
  const target = world.targets.known.get('local')!;
  if (allows)
    world.targets.known.set('local', { ...target, policy: { ...target.policy, plainSecrets: true, jars: ['*'] } });
  const places = {
    target: route === 'PUT /v1/targets/{target}' ? 'other' : 'local',
    clusterId,
    jobId,
    name: 'office',
    operationId: jobId,
  };
  const parameters = Object.fromEntries(Object.entries(places).filter(([name]) => route.includes(`{${name}}`)));
  const handler = apiHandlers[calls[route]?.function as ApiFunction](world.ports); // The table has functions of the API.
  const answer = (await callHandler(handler, makeHttpEvent(route, parameters, { body }))).body;
  const history = await runAll(world);
  const sinks = await readSinks(world, { clusterId, answer, history });
  const isOwnSpec = (name: string) => name === 'answers' && route.includes('/specs/');
  return Object.entries(sinks).flatMap(([name, text]) => (text.includes(canary) && !isOwnSpec(name) ? [name] : []));
};

/** Whether Drey may show a member with a canary in this form, or keep it in a record. */
const isShown = (
  route: string,
  pointer: string,
  { form, sinks }: { form: string; sinks: readonly string[] },
): boolean => {
  const { names = [], places = [], kept = [] } = visibleMembers[route] ?? {};
  if (kept.includes(pointer)) return sinks.join() === 'table';
  return names.includes(pointer) || (places.includes(pointer) && form !== 'uri');
};

describe.each(routes)('a secret in %s', (route) => {
  it.each([
    ['refuses', false],
    ['allows', true],
  ])('is in no sink of a target that %s plain secrets', { timeout: 120_000 }, async (_what, allows) => {
    const { body: schema } = calls[route] ?? {};
    const paths = [...(schema === undefined ? [] : listMembers(schema, 'my.password')), ...(extraMembers[route] ?? [])];
    const found: string[] = [];
    for (const path of [...paths, ['nonsense']])
      for (const form of allows ? Object.keys(forms) : ['text']) {
        const pointer = toPointer(path.map(String));
        const base =
          allows && route === 'PUT /v1/targets/{target}'
            ? { ...bases[route], policy: { plainSecrets: true } }
            : bases[route];
        const sinks = await findSinks(route, { body: fill(setMember(base, path, forms[form])), allows });
        if (sinks.length === 0) continue;
        if (isShown(route, pointer, { form, sinks })) shown.add(`${route} ${pointer}`);
        else found.push(`${form} in ${pointer}: ${sinks.join(', ')}`);
      }
    vi.restoreAllMocks();

    expect(found).toEqual([]);
  });
});

it('the canaries are found where Drey shows them by design', () => {
  const visible = routes.flatMap((route) => {
    const { names = [], places = [], kept = [] } = visibleMembers[route] ?? {};
    return [...names, ...places, ...kept].map((pointer) => `${route} ${pointer}`);
  });

  expect([...shown].toSorted()).toEqual(visible.toSorted());
});
