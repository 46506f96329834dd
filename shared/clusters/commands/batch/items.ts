import { BatchName } from '#events/commands/batch.ts';
import { type CommandData, commands } from '#events/commands/index.ts';
import { isTerminalOperation } from '#events/operation.ts';
import { Fault, type FieldError, parse } from '#events/problem.ts';
import type { NamedTarget } from '#events/target.ts';
import { validateDeploy } from '#shared/clusters/commands/deploy/render.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import { getOperation } from '#shared/clusters/store/read.ts';

const mostMistakes = 50;

type Batch = CommandData<'batch'>;

/** @throws Fault `not-found` when the batch is long over. */
export const draftOf = async (batchId: string, { payloads }: Ports): Promise<Batch> => {
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

/** @throws Fault `malformed-request`, with pointers into the template. */
export const batchItemOf = ({ name, template, parameters }: Batch, index: number): CommandData<'deploy'> => {
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
export const checkBatchItems = (data: Batch, about: Omit<About, 'taken'>): void => {
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
