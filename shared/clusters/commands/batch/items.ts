import type { BatchCommand, BatchData } from '#events/commands/batch.ts';
import { type CommandData, commands } from '#events/commands/index.ts';
import { isRecord } from '#events/is-record.ts';
import { lenient } from '#events/lenient.ts';
import { isTerminalOperation } from '#events/records/operation.ts';
import { Fault, parse, parseWritten } from '#events/problems/problem.ts';
import type { StoredOperation } from '#shared/clusters/model/operation.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import { getOperation } from '#shared/clusters/store/read.ts';

/** The body of a batch. @throws Fault `not-found` when it is no longer stored. */
export const readBatch = async (batchId: string, { payloads }: Ports): Promise<BatchData> => {
  const payload = await payloads.read(batchId);
  if (payload === undefined) throw new Fault('not-found', `The body of batch ${batchId} is no longer stored.`);
  return parseWritten(lenient(commands.batch.data, 'drop'), { kind: 'body of a batch', value: payload });
};

/** The command of one row of a batch: a deploy or an apply, as the batch says. */
export interface RowCommand {
  readonly kind: BatchCommand;
  readonly data: CommandData<'deploy'> | CommandData<'apply'>;
}

/**
 * The command of one row of a batch, with the operation of the batch.
 *
 * @throws Fault `not-found` for an unknown batch, `canceled` for a batch that has ended.
 */
export const readBatchItem = async (
  batchId: string,
  index: number,
  ports: Ports,
): Promise<RowCommand & { readonly batch: StoredOperation }> => {
  const { value: batch } = await getOperation(batchId, ports.store);
  if (isTerminalOperation(batch))
    throw new Fault('canceled', `Batch ${batch.clusterId} of this command is ${batch.state}.`, {
      reason: 'Canceled',
    });
  return { batch, ...renderStoredItem(await readBatch(batchId, ports), index) };
};

/**
 * Renders the command of one row: the template with the parameters of the row.
 *
 * @throws Fault `malformed-request`, with pointers into the template.
 */
export const renderBatchItem = (data: BatchData, index: number): RowCommand => {
  const { command: kind } = data;
  return { kind, data: parse(commands[kind].data, fillRow(data, index)) };
};

/** The command of one row of a stored batch, which another version of Drey may have validated. */
export const renderStoredItem = (data: BatchData, index: number): RowCommand => {
  const { command: kind } = data;
  const value = fillRow(data, index);
  return { kind, data: parseWritten(lenient(commands[kind].data, 'drop'), { kind: 'batch item', value }) };
};

/** A ConfigMap holds one million bytes. The rest of a deploy is smaller. */
const maxRowCharacters = 2_000_000;

/** The characters of the texts of a row, without making them. Parameters that the row does not have count nothing. */
export const countFilledCharacters = ({ template, parameters }: BatchData, index: number): number => {
  const values: Readonly<Record<string, string>> = { ...parameters[index], index: String(index) };
  const count = (value: unknown): number => {
    if (typeof value === 'string')
      return [...value.matchAll(placeholder)].reduce(
        (sum, [match, name = '']) =>
          sum - match.length + (Object.hasOwn(values, name) ? (values[name]?.length ?? 0) : 0),
        value.length,
      );
    if (typeof value !== 'object' || value === null) return 0;
    return Object.values(value).reduce<number>((sum, part) => sum + count(part), 0);
  };
  return count(template);
};

const placeholder = /\$\{param\.(\w+)\}/g;

/** @throws Fault `malformed-request` for a row that is too large. */
const fillRow = (batch: BatchData, index: number): unknown => {
  const characters = countFilledCharacters(batch, index);
  if (characters > maxRowCharacters) {
    const detail = `The template has ${characters} characters when it is filled. A row has at most ${maxRowCharacters}.`;
    throw new Fault('malformed-request', detail, { errors: [{ pointer: '', detail }] });
  }
  const { name, template, parameters } = batch;
  const values = { ...parameters[index], index: String(index) };
  const labels = { batch: name, ...(isRecord(template['labels']) ? template['labels'] : {}) };
  return fillTemplate({ clusterId: `${name}-${index}`, ...template, labels }, values, '');
};

/** @throws Fault `malformed-request` for a parameter that the row does not have. */
const fillTemplate = (value: unknown, values: Readonly<Record<string, string>>, pointer: string): unknown => {
  if (typeof value === 'string') {
    return value.replaceAll(placeholder, (_match, name: string) => {
      if (Object.hasOwn(values, name)) return values[name] ?? '';
      const detail = `The row has no parameter ${name}.`;
      throw new Fault('malformed-request', `${pointer}: ${detail}`, { errors: [{ pointer, detail }] });
    });
  }
  if (Array.isArray(value)) return value.map((item, index) => fillTemplate(item, values, `${pointer}/${index}`));
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, fillTemplate(item, values, `${pointer}/${key}`)]),
  );
};
