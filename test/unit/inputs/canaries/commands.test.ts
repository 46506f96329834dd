import { describe, expect, it, vi } from 'vitest';

import { commandKinds, commands, type CommandKind } from '#events/commands/index.ts';
import { Fault, toPointer } from '#events/problems/problem.ts';
import { maxReceives } from '#shared/retries.ts';
import { newScaling } from '#test/fakes/flink-scaling.ts';
import { jarBytes } from '#test/fakes/jars.ts';
import { callHandler, deliverCommands, makeHttpEvent, makeSqsRecord } from '#test/fakes/lambda.ts';
import { apiHandlers } from '#test/fakes/api-handlers.ts';
import { makeCommandMessage } from '#test/fakes/origins.ts';
import { makeWorld, type World } from '#test/fakes/world.ts';
import { visibleMembers } from '#test/support/visible-members.ts';

import { listMembers, type MemberPath, setMember } from '../sweep/members.ts';
import { canary, fill, forms, podMembers } from './plants.ts';
import { readSinks, recordLog, runAll } from './sinks.ts';

const jar = 's3://bucket/uploads/local/1/job.jar';
const hexId = 'a'.repeat(32);
const local = 'local:///opt/flink/usrlib/a.jar';

/** A command that is accepted, around the member with the canary. */
const makeBase = (kind: CommandKind, [first, second]: MemberPath): Readonly<Record<string, unknown>> => {
  const program = second === 'sql' ? { sql: {} } : second === 'python' ? { python: { module: 'a' } } : { jar: local };
  const bases: Partial<Record<CommandKind, object>> = {
    deploy: first === 'restore' ? { mode: 'session' } : { mode: 'application', job: program },
    submit: first === 'sql' ? {} : { jar },
    batch: { name: 'days', template: { mode: 'application', job: { jar: local } }, parameters: [{ day: '1' }] },
    'dispose-savepoint': { path: 's3://bucket/savepoint-1' },
    'dispose-snapshot': { snapshotId: hexId },
    rescale: { parallelism: 2 },
    'apply-job': {
      rollout: { savepointDirectory: 's3://bucket/savepoints' },
      ...(first === 'sql' ? {} : { jar, args: ['--new'] }),
    },
  };
  return { ...bases[kind] };
};

/** Members without a schema of their own: names of options that hold secrets, and fields of pods and of batches. */
const extraMembers: Partial<Record<CommandKind, readonly MemberPath[]>> = {
  deploy: [
    ['config', 's3.secret-key'],
    ['config', 'containerized.master.env.DB_PASSWORD'],
    ['config', 'env.java.opts.jobmanager'],
    ['config', 'kubernetes.jobmanager.entrypoint.args'],
    ['config', 'pipeline.classpaths'],
    ['config', 'taskmanager.numberOfTaskSlots'],
    ['config', 'kubernetes.secrets'],
    ['config', 'kubernetes.env.secretKeyRef'],
    ...podMembers,
  ],
  submit: [
    ['config', 's3.secret-key'],
    ['config', 'pipeline.classpaths'],
    ['config', 'table.exec.x'],
  ],
  batch: [
    ['template', 'config', 's3.secret-key'],
    ['template', 'job', 'args', 0],
    ['template', 'job', 'jar'],
    ['template', 'podTemplates', 'default', 'spec', 'containers', 0, 'env', 0, 'value'],
    ['template', 'nonsense'],
  ],
};

const listPaths = (kind: CommandKind): readonly MemberPath[] => [
  ...listMembers(commands[kind].data, 'my.password'),
  ...(extraMembers[kind] ?? []),
  ['nonsense'],
];

const allowAll = (world: World): void => {
  const target = world.targets.known.get('local')!;
  const policy = { ...target.policy, denied: [], plainSecrets: true, jars: ['*'] };
  world.targets.known.set('local', { ...target, policy });
};

/** What happens to the command. */
const scenarios: Readonly<Record<string, (world: World) => void>> = {
  accepted: allowAll,
  'refused by the policy': () => {},
  'refused by the API server': (world) => {
    allowAll(world);
    world.kubernetes.failNext('apply', new Fault('target-refused', 'no'));
  },
  'discarded after its last delivery': (world) => {
    allowAll(world);
    world.kubernetes.unreachable = true;
  },
};

const clusterId = 'etl';

const startWorld = async (kind: CommandKind): Promise<World> => {
  const world = makeWorld();
  Object.assign(world.ports, { log: recordLog() });
  world.jars.stored.set(jar, jarBytes);
  if (kind === 'deploy' || kind === 'batch') return world;
  await sendHttp('deploy', { mode: 'session', clusterId }, world);
  await runAll(world);
  await sendHttp('submit', { jar }, world);
  await runAll(world);
  if (kind === 'rescale') world.kubernetes.cluster(clusterId).flink.setScaling(findJobId(world), newScaling(1));
  return world;
};

/** The job of the session. */
const findJobId = ({ store }: World): string => [...store.jobRecords.values()].at(-1)?.value.jobId ?? '';

type Send = (kind: CommandKind, data: Readonly<Record<string, unknown>>, world: World) => Promise<unknown>;

const sendHttp: Send = async (kind, data, world) => {
  const { ports } = world;
  const { function: name, route } = commands[kind];
  const body = kind === 'deploy' ? { clusterId, ...data } : data;
  const places = { target: 'local', clusterId, jobId: findJobId(world), snapshotId: hexId };
  const parameters = Object.fromEntries(Object.entries(places).filter(([name]) => route.includes(`{${name}}`)));
  return (await callHandler(apiHandlers[name](ports), makeHttpEvent(route, parameters, { body }))).body;
};

const sendMessage: Send = (kind, data, world) => {
  const message = makeCommandMessage(kind, {
    ...(kind === 'batch' ? {} : { clusterId }),
    data: commands[kind].route.includes('{jobId}') ? { jobId: findJobId(world), ...data } : data,
  });
  return deliverCommands([makeSqsRecord(message, 'g', maxReceives)], world.ports);
};

/** How often Drey has shown each member. */
const shown = new Set<string>();

/** Whether Drey may show a member with a canary in this form. Names are shown as they are, places without passwords. */
const isShown = (kind: CommandKind, pointer: string, form: string): boolean => {
  const { names = [], places = [] } = visibleMembers[kind] ?? {};
  return names.includes(pointer) || (places.includes(pointer) && form !== 'uri');
};

/** The sinks that have the canary of a member in this form. */
const findSinks = async (
  { kind, send, prepare }: { kind: CommandKind; send: Send; prepare: (world: World) => void },
  path: MemberPath,
  value: unknown,
): Promise<readonly string[]> => {
  const world = await startWorld(kind);
  prepare(world);
  const data = fill(setMember(makeBase(kind, path), path, value)) as Readonly<Record<string, unknown>>; // The root is a map.
  const answer = await send(kind, data, world);
  const history = await runAll(world);
  const sinks = await readSinks(world, { clusterId, answer, history });
  return Object.entries(sinks).flatMap(([name, text]) => (text.includes(canary) ? [name] : []));
};

describe.each([
  ['http', sendHttp],
  ['queue', sendMessage],
] as const)('a secret in a command from %s', (_origin, send) => {
  describe.each(Object.entries(scenarios))('that is %s', (scenario, prepare) => {
    const kinds = scenario === 'accepted' ? commandKinds : (['deploy', 'submit', 'batch'] as const);

    it.each(kinds)('is in no sink: %s', { timeout: 120_000 }, async (kind) => {
      const found: string[] = [];
      for (const path of listPaths(kind))
        for (const form of scenario === 'accepted' ? Object.keys(forms) : ['text']) {
          const pointer = toPointer(path.map(String));
          const sinks = await findSinks({ kind, send, prepare }, path, forms[form]);
          if (sinks.length === 0) continue;
          if (isShown(kind, pointer, form)) shown.add(`${kind} ${pointer}`);
          else found.push(`${form} in ${pointer}: ${sinks.join(', ')}`);
        }
      vi.restoreAllMocks();

      expect(found).toEqual([]);
    });
  });
});

/** Without this, a search that finds nothing would prove nothing. */
it('the canaries are found where Drey shows them by design', () => {
  const visible = commandKinds.flatMap((kind) => {
    const { names = [], places = [] } = visibleMembers[kind] ?? {};
    return [...names, ...places].map((pointer) => `${kind} ${pointer}`);
  });

  expect([...shown].toSorted()).toEqual(visible.toSorted());
});
