import { eventPrefix } from '#shared/aws/table/keys.ts';
import type { RecordKind } from '#shared/clusters/model/records/record-kinds.ts';
import type { Carried } from '#test/fakes/state-machine.ts';
import type { TableItem } from '#test/fakes/table.ts';

import { runScenario } from './scenario.ts';
import { describeSurroundings, type Surroundings, type TableWorld } from './world.ts';

/** What a function receives, and what it reads when it handles that. */
export interface InputFixture {
  readonly input: Carried;
  readonly surroundings: Surroundings;
}

/** The fixtures of one version of Drey. */
export interface Fixtures {
  /** By `<workflow>.<step>`. */
  readonly steps: Readonly<Record<string, InputFixture>>;
  /** By `<function>: <kind>`. */
  readonly messages: Readonly<Record<string, InputFixture>>;
  /** Items of the table, by kind of record. Operations and transitions have one for each of their own kinds. */
  readonly records: Readonly<Record<string, TableItem>>;
}

/** The kind of record that each sort key has, by its first words. */
const kindsBySortKey: readonly (readonly [prefix: string, kind: RecordKind | undefined])[] = [
  ['cluster#job#', 'job'],
  ['cluster', 'cluster'],
  ['revision#', 'revision'],
  ['snapshot#', 'snapshot'],
  ['operation', 'operation'],
  [`${eventPrefix}transition#`, 'transition'],
  [`${eventPrefix}verdict`, 'verdict'],
  [`${eventPrefix}warning#`, 'event'],
  [`${eventPrefix}logs#`, 'event'],
  [`${eventPrefix}rollout#`, 'event'],
  [`${eventPrefix}snapshot#`, 'event'],
  ['item#', 'batch item'],
  ['control#size', undefined], // A number, which is not parsed.
  ['control#released#', undefined], // Its key says everything.
  ['control', 'queue control'],
  ['queued#', 'queued command'],
  ['admitted#', 'queued command'],
  ['schedule#', 'schedule'],
  ['run#', 'schedule run'],
  ['idempotency', 'idempotency key'],
  ['refusal', 'refusal'],
  ['target#', 'target'],
  ['claim', undefined], // A name, which is not parsed.
  ['revision', undefined], // A random ID, which is not parsed.
];

/** @throws Error for an item that no kind of record describes. */
export const kindOf = ({ sk }: TableItem): RecordKind | undefined => {
  const found = kindsBySortKey.find(([prefix]) => sk.startsWith(prefix));
  if (found === undefined) throw new Error(`no kind of record has the sort key ${sk}`);
  return found[1];
};

/** Runs the scenario with the current version, and keeps the largest record of each kind. */
export const collectFixtures = async (): Promise<Fixtures> => {
  const steps: Record<string, InputFixture> = {};
  const messages: Record<string, InputFixture> = {};
  const records: Record<string, TableItem> = {};
  const keep = (fixtures: Record<string, InputFixture>, name: string, input: unknown, world: TableWorld) => {
    fixtures[name] ??= structuredClone({ input: input as Carried, surroundings: describeSurroundings(world) });
  };
  await runScenario({
    onStep: (workflow, step, state, world) => keep(steps, `${workflow}.${step}`, state, world),
    onMessage: (receiver, kind, body, world) => keep(messages, `${receiver}: ${kind}`, body, world),
    onEnd: (world) => keepLargest(describeSurroundings(world).items, records),
  });
  for (const { surroundings } of [...Object.values(steps), ...Object.values(messages)])
    keepLargest(surroundings.items, records);
  return { steps, messages, records };
};

const keepLargest = (items: readonly TableItem[], records: Record<string, TableItem>): void => {
  for (const item of items) {
    const kind = kindOf(item);
    if (kind === undefined) continue;
    const name = [kind, findSubkind(item)].filter(Boolean).join(': ');
    if (lengthOf(item) > lengthOf(records[name])) records[name] = item;
  }
};

/** The command of an operation, or the subject of a transition. */
const findSubkind = ({ value }: TableItem): string | undefined => {
  const { kind, detail } = (value ?? {}) as { kind?: string; detail?: { subject?: string } }; // Of an operation or event.
  return kind ?? detail?.subject;
};

const lengthOf = (item: TableItem | undefined): number => (item === undefined ? 0 : JSON.stringify(item).length);
