import pMap from 'p-map';

import { BatchName } from '#events/commands/batch.ts';
import { type CommandData, commands } from '#events/commands/index.ts';
import { isTerminalOperation, type Verdict } from '#events/operation.ts';
import type { NamedTarget } from '#events/target.ts';
import { Fault, type FieldError, parse, toProblem } from '#events/problem.ts';
import type { CommandMessage } from '#events/message.ts';

import type { UseCase } from './accept.ts';
import { validateDeploy } from './deploy.ts';
import { endQueued } from '#shared/clusters/admission/queue.ts';
import type { BatchItem, Versioned } from '#shared/clusters/model/records.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import type { StoredOperation } from '#shared/clusters/model/operation.ts';
import { commit, transact, withPayload } from '#shared/clusters/store/transact.ts';
import { advanceOperation, newOperation } from '#shared/clusters/model/operation.ts';
import { getOperation } from '#shared/clusters/store/read.ts';
import { findMessageOperation } from '#shared/clusters/queue/envelope.ts';

/** As long as the keys of its deploys are known. */
const deadlineMs = 7 * 24 * 3_600_000;
const mostMistakes = 50;
const mostCauses = 20;
const atOnce = 16;

type Batch = CommandData<'batch'>;

export const batch: UseCase<'batch'> = {
  async record({ target: name, data, origin }, key, ports) {
    const target = await ports.targets.get(name);
    const operationId = ports.newId();
    checkBatchItems(data, { target, operationId, now: ports.now() });
    const { correlationId, taskToken } = data;
    const plan = { batch: { size: data.parameters.length } };
    const fields = { operationId, kind: 'batch' as const, target: name, clusterId: data.name, origin };
    const operation = newOperation({ ...fields, correlationId, taskToken, plan }, deadlineMs, ports.now());
    const write = () => commit({ operations: [{ value: operation, previous: undefined }], ...key(operationId) }, ports);
    await withPayload(operationId, data, write, ports);
    return { value: operation, version: 1 };
  },

  advance: (operation, _command, ports) => resumeBatch(operation, ports),
};

/** Sends its deploys, if that is not done yet; else looks whether all of them have ended. */
export const resumeBatch = async (operation: Versioned<StoredOperation>, ports: Ports): Promise<StoredOperation> => {
  const { operationId, target, state } = operation.value;
  if (state !== 'PENDING') {
    await finishBatch(operationId, ports);
    return operation.value;
  }
  const data = await draftOf(operationId, ports);
  const batchItems = data.parameters.map((_row, index) => ({
    batchId: operationId,
    batchIndex: index,
    clusterId: batchItemOf(data, index).clusterId ?? '',
  }));
  await ports.commandQueue.sendBatchItems(target, batchItems);
  return transact<StoredOperation>(ports, async () => {
    const current = await getOperation(operationId, ports.store);
    if (current.value.state !== 'PENDING') return { result: current.value };
    const change = advanceOperation(
      current,
      { state: 'IN_PROGRESS', phase: `${batchItems.length} deploys sent` },
      ports.now(),
    );
    return { change: { operations: [change] }, result: change.value };
  });
};

/** @throws Fault `not-found` when the batch is long over. */
const draftOf = async (batchId: string, { payloads }: Ports): Promise<Batch> => {
  const payload = await payloads.read(batchId);
  if (payload === undefined) throw new Fault('not-found', `the batch ${batchId} is no longer kept`);
  return parse(commands.batch.data, payload);
};

/** The deploy of one row, as the queue's function takes it. @throws Fault `revoked` when its batch is over */
export const readBatchItem = async (batchId: string, index: number, ports: Ports): Promise<CommandData<'deploy'>> => {
  const { value: operation } = await getOperation(batchId, ports.store);
  if (isTerminalOperation(operation))
    throw new Fault('canceled', `its batch ${operation.clusterId} is ${operation.state}`, { reason: 'Canceled' });
  return batchItemOf(await draftOf(batchId, ports), index);
};

/** The operation of an element that comes once more, if that is over: so may be its batch. */
export const findEndedBatchItem = async (
  message: CommandMessage,
  { store }: Ports,
): Promise<StoredOperation | undefined> => {
  const operation = message.batchid === undefined ? undefined : await findMessageOperation(message, store);
  return operation !== undefined && isTerminalOperation(operation) ? operation : undefined;
};

/** @throws Fault `malformed-request`, with pointers into the template. */
const batchItemOf = ({ name, template, parameters }: Batch, index: number): CommandData<'deploy'> => {
  const values = { ...parameters[index], index: String(index) };
  const labels = { batch: name, ...(isRecord(template['labels']) ? template['labels'] : {}) };
  const filled = filledIn({ clusterId: `${name}-${index}`, ...template, labels }, values, '');
  return parse(commands.deploy.data, filled);
};

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** @throws Fault `malformed-request` for a parameter that the row does not have. */
const filledIn = (value: unknown, values: Readonly<Record<string, string>>, pointer: string): unknown => {
  if (typeof value === 'string') {
    return value.replaceAll(/\$\{param\.(\w+)\}/g, (_match, name: string) => {
      if (Object.hasOwn(values, name)) return values[name] ?? '';
      throw refused([{ pointer, detail: `there is no parameter ${name} in this row` }]);
    });
  }
  if (Array.isArray(value)) return value.map((item, index) => filledIn(item, values, `${pointer}/${index}`));
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, filledIn(item, values, `${pointer}/${key}`)]),
  );
};

const refused = (errors: readonly FieldError[]) => {
  const [first] = errors;
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : '';
  return new Fault('malformed-request', `${first?.pointer ?? '/'}: ${first?.detail ?? ''}${more}`, { errors });
};

/** Finds every mistake in every row before anything is started. @throws Fault */
const checkBatchItems = (data: Batch, about: Omit<About, 'taken'>): void => {
  const taken = new Map<string, number>();
  const misnamed = BatchName.safeParse(data.name).error?.issues ?? [];
  const errors = misnamed.map(({ message }): FieldError => ({ pointer: '/name', detail: message }));
  // Rows that are named after it are not to blame for it.
  const rows = misnamed.length === 0 ? data : { ...data, name: 'batch' };
  for (const index of data.parameters.keys()) {
    if (errors.length >= mostMistakes) break;
    errors.push(...mistakesOf(rows, index, { ...about, taken }));
  }
  if (errors.length > 0) throw refused(errors.slice(0, mostMistakes));
};

interface About {
  readonly target: NamedTarget;
  readonly operationId: string;
  readonly now: Date;
  /** Cluster id → the row that has it. */
  readonly taken: Map<string, number>;
}

const mistakesOf = (data: Batch, index: number, { target, operationId, now, taken }: About): readonly FieldError[] => {
  try {
    const deploy = batchItemOf(data, index);
    const { clusterId = '' } = deploy;
    if (deploy.mode !== 'application') throw refused([{ pointer: '/mode', detail: 'a batch is of applications' }]);
    if (deploy.taskToken !== undefined)
      throw refused([
        { pointer: '/taskToken', detail: 'the verdict of the batch answers a task: set it beside the template' },
      ]);
    const other = taken.get(clusterId);
    if (other !== undefined)
      throw refused([{ pointer: '/clusterId', detail: `row ${other} has the cluster id ${clusterId} too` }]);
    taken.set(clusterId, index);
    validateDeploy(deploy, { operationId, clusterId }, target, now);
    return [];
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    const errors = error.errors.length > 0 ? error.errors : [{ pointer: '', detail: error.message }];
    return errors.map(({ pointer, detail }) => ({ pointer: `/template${pointer}`, detail: `row ${index}: ${detail}` }));
  }
};

type Ended = BatchItem & { readonly verdict: Verdict };

/** Notes how some elements ended, and ends the batches that are complete with them. Repeating it changes nothing. */
export const recordBatchItems = async (batchItems: readonly Ended[], ports: Ports): Promise<void> => {
  for (const batchItem of batchItems) await commit({ batchItems: [batchItem] }, ports);
  for (const batchId of new Set(batchItems.map((batchItem) => batchItem.batchId))) await finishBatch(batchId, ports);
};

const finishBatch = async (batchId: string, ports: Ports): Promise<void> => {
  const batchItems = await ports.store.batchItems(batchId);
  const open = batchItems.filter(({ verdict }) => verdict === undefined);
  const isEnded = await transact(ports, async () => {
    const operation = await getOperation(batchId, ports.store);
    const size = sizeOf(operation.value);
    if (isTerminalOperation(operation.value) || open.length > 0 || batchItems.length < size) return { result: false };
    const lost = batchItems.filter(({ verdict }) => verdict !== 'FINISHED');
    const ended =
      lost.length === 0
        ? ({ state: 'SUCCEEDED' } as const)
        : ({ state: 'FAILED', problem: toProblem(lostOf(lost, size), `/v1/operations/${batchId}`) } as const);
    return { change: { operations: [advanceOperation(operation, ended, ports.now())] }, result: true };
  });
  if (isEnded) await ports.payloads.remove(batchId);
};

const sizeOf = ({ plan }: StoredOperation): number => (plan !== undefined && 'batch' in plan ? plan.batch.size : 0);

/**
 * Takes back what of a batch waits: in the line, or still in the queue, which takes no element of a batch that is over.
 * What runs goes on.
 *
 * @returns How many.
 */
export const cancelQueuedBatch = async (batch: StoredOperation, fault: Fault, ports: Ports): Promise<number> => {
  const { operationId } = batch;
  const isToCome = (await ports.store.batchItems(operationId)).length < sizeOf(batch);
  if (isTerminalOperation(batch) || !(isToCome || (await waitingOf(operationId, ports)).length > 0)) return 0;
  await transact(ports, async () => {
    const current = await getOperation(operationId, ports.store);
    if (isTerminalOperation(current.value)) return { result: undefined };
    const problem = toProblem(fault, `/v1/operations/${operationId}`);
    return {
      change: { operations: [advanceOperation(current, { state: 'CANCELED', problem }, ports.now())] },
      result: undefined,
    };
  });
  await ports.payloads.remove(operationId);
  const [batchItems, waiting] = await Promise.all([ports.store.batchItems(operationId), waitingOf(operationId, ports)]);
  const ended = await pMap(waiting, (one) => endQueued(one, { state: 'CANCELED', fault }, ports), {
    concurrency: atOnce,
  });
  return ended.filter(Boolean).length + Math.max(sizeOf(batch) - batchItems.length, 0);
};

/** Those of its elements that wait in the line. */
const waitingOf = async (batchId: string, { store }: Ports): Promise<readonly StoredOperation[]> => {
  const open = (await store.batchItems(batchId)).filter(({ verdict }) => verdict === undefined);
  const ids = open.flatMap(({ operationId }) => operationId ?? []);
  const operations = await pMap(ids, async (id) => store.operation(id), { concurrency: atOnce });
  return operations.flatMap((one) => (one?.value.state === 'QUEUED' ? [one.value] : []));
};

const lostOf = (lost: readonly BatchItem[], size: number) =>
  new Fault('items-failed', `${lost.length} of ${size} did not finish`, {
    errors: lost.slice(0, mostCauses).map(({ batchIndex, clusterId, verdict, message = '' }) => ({
      pointer: `/parameters/${batchIndex}`,
      detail: `${clusterId} ${verdict ?? ''}${message === '' ? '' : `: ${message.slice(0, 300)}`}`,
    })),
  });
