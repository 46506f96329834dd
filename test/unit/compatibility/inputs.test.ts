import { describe, expect, it } from 'vitest';

import type { WorkflowName } from '#events/commands/define.ts';
import { TimerEvent } from '#shared/clusters/model/timer-event.ts';
import {
  deliverAdmissions,
  deliverCommands,
  deliverReconcile,
  deliverTimerEvent,
  makeDreyRecord,
} from '#test/fakes/lambda.ts';
import { getStep } from '#test/fakes/workflows.ts';

import { functions } from '../../../infra/functions.ts';
import { stateMachines } from '../../../infra/state-machines/definitions.ts';
import type { InputFixture } from './fixtures.ts';
import { newest, unknownMember, versions, withUnknownMembers } from './versions.ts';
import { restoreWorld, type TableWorld } from './world.ts';

const restore = ({ surroundings }: InputFixture) => {
  const world = restoreWorld(surroundings);
  const problems: string[] = [];
  const report = (message: string, fields: object = {}) => problems.push(`${message} ${JSON.stringify(fields)}`);
  Object.assign(world.ports, { log: { info: () => {}, warn: report, error: report } });
  return { world, problems };
};

const runStep = async (name: string, fixture: InputFixture) => {
  const [workflow = '', step = ''] = name.split('.');
  const { world } = restore(fixture);
  const next = await getStep(workflow as WorkflowName, step)(fixture.input, world.ports);
  return { world, next };
};

/** Delivers a message to the function that receives it. Returns what the function complains about. */
const deliver: Readonly<Record<string, (input: never, world: TableWorld) => Promise<unknown>>> = {
  commandQueue: (input, { ports }) => deliverCommands([makeDreyRecord(input)], ports),
  admit: ({ target }: { readonly target: string }, { ports }) => deliverAdmissions([target], ports),
  reconcile: (input, { ports }) => deliverReconcile(input, ports),
  timerEvents: (input, { ports }) => deliverTimerEvent(input, ports),
};

const handleMessage = async (name: string, fixture: InputFixture) => {
  const [receiver = ''] = name.split(': ');
  const { world, problems } = restore(fixture);
  await deliver[receiver]?.(fixture.input as never, world);
  return { world, problems: [...problems, ...world.bus.rejected.map(({ rejection }) => rejection.problem.detail)] };
};

/** The records that the function has changed, and those of them that lost what a later version had written. */
const findIncarnation = (item: Readonly<Record<string, unknown>> | undefined): unknown =>
  (item?.['value'] as { readonly operationId?: string } | undefined)?.operationId;

const compareRecords = ({ surroundings }: InputFixture, { table }: TableWorld) => {
  const changed = surroundings.items.flatMap(({ pk, sk, ...before }) => {
    const now = table.items.get(`${pk}|${sk}`);
    // A new incarnation replaces the record of its cluster ID.
    const isReplaced = sk === 'cluster' && findIncarnation(now) !== findIncarnation(before);
    return now === undefined || now['version'] === before['version'] || isReplaced ? [] : [now];
  });
  const isKept = (record: unknown) => typeof record !== 'object' || record === null || unknownMember in record;
  return { changed, shortened: changed.filter((item) => !isKept(item) || !isKept(item['value'])) };
};

describe.each(versions)('an input of version %s', (_version, { steps, messages }) => {
  it.each(Object.entries(steps))('continues its execution in the step %s', async (name, fixture) => {
    const { next } = await runStep(name, fixture);

    expect(next).toMatchObject({ operationId: fixture.input.operationId });
  });

  it.each(Object.entries(messages))('is handled as a message: %s', async (name, fixture) => {
    expect((await handleMessage(name, fixture)).problems).toEqual([]);
  });
});

/** `node test/unit/compatibility/write.ts` writes the fixtures of the current version. */
describe('the fixtures of the newest version', () => {
  const { steps, messages } = newest;

  it('have every step of every state machine', () => {
    const used = Object.entries(stateMachines).flatMap(([workflow, { States }]) =>
      Object.values(States).flatMap((state) =>
        state.Type === 'Task' ? [`${workflow}.${state.Parameters.Payload.step}`] : [],
      ),
    );

    expect(Object.keys(steps).toSorted()).toEqual([...new Set(used)].toSorted());
  });

  it('have a message of every queue, and every timer event', () => {
    const receivers = Object.entries(functions).flatMap(([name, { events }]) =>
      events.some((event) => 'sqs' in event) ? [name] : [],
    );
    const timerEvents = TimerEvent.options.map(({ shape }) => `timerEvents: ${shape.kind.value}`);

    expect(new Set(Object.keys(messages).map((name) => name.split(': ')[0]))).toEqual(new Set(receivers));
    expect(Object.keys(messages)).toEqual(expect.arrayContaining(timerEvents));
  });
});

describe.each(versions)('an input of version %s with members that only a later version has', (_version, fixtures) => {
  const steps = Object.entries(fixtures.steps).map(([name, step]) => [name, withUnknownMembers(step)] as const);
  const messages = Object.entries(fixtures.messages).map(([name, one]) => [name, withUnknownMembers(one)] as const);

  it.each(steps)('runs the step %s, which keeps the members of records', async (name, fixture) => {
    const { world, next } = await runStep(name, fixture);

    expect(next).toMatchObject({ operationId: fixture.input.operationId });
    expect(compareRecords(fixture, world).shortened).toEqual([]);
  });

  it.each(messages)('is handled as a message, and records keep the members: %s', async (name, fixture) => {
    const { world, problems } = await handleMessage(name, fixture);

    expect(problems).toEqual([]);
    expect(compareRecords(fixture, world).shortened).toEqual([]);
  });

  it('changes records in most steps', async () => {
    const changes = await Promise.all(
      steps.map(async ([name, fixture]) => compareRecords(fixture, (await runStep(name, fixture)).world)),
    );

    expect(changes.filter(({ changed }) => changed.length > 0).length).toBeGreaterThan(10);
  });
});
