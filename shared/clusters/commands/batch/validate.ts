import { type BatchData, BatchName } from '#events/commands/batch.ts';
import type { CommandData } from '#events/commands/index.ts';
import { Fault, type FieldError } from '#events/problems/problem.ts';
import type { NamedTarget } from '#events/records/target.ts';
import { validateDeploy } from '#shared/clusters/commands/deploy/render.ts';
import { toDeployOfApply } from '#shared/clusters/commands/rollouts/applied-spec.ts';
import { assertOptions } from '#shared/clusters/commands/rollouts/intent.ts';

import { countFilledCharacters, renderBatchItem, type RowCommand } from './items.ts';

const maxErrors = 50;

interface ValidationOptions {
  readonly target: NamedTarget;
  readonly operationId: string;
  readonly now: Date;
}

/** @throws Fault `malformed-request` with the errors in the name and in all rows, before any row is deployed. */
export const validateBatchItems = (data: BatchData, options: ValidationOptions): void => {
  const nameErrors = (BatchName.safeParse(data.name).error?.issues ?? []).map(({ message }): FieldError => ({
    pointer: '/name',
    detail: message,
  }));
  const errors = [...nameErrors];
  // Rows are named after the batch. A wrong name must not add an error to each of them.
  const rows = nameErrors.length === 0 ? data : { ...data, name: 'batch' };
  const rowsByClusterId = new Map<string, number>();
  let characters = 0;
  for (const index of data.parameters.keys()) {
    if (errors.length >= maxErrors) break;
    characters += countFilledCharacters(rows, index);
    if (characters > maxFilledCharacters) throw newSizeFault();
    errors.push(...findRowErrors(rows, index, { ...options, rowsByClusterId }));
  }
  if (errors.length > 0) throw newBatchFault(errors.slice(0, maxErrors));
};

/** Each row is rendered and validated, which takes a second for about ten million characters. */
const maxFilledCharacters = 100_000_000;

const newSizeFault = (): Fault => {
  const detail = `The template has more than ${maxFilledCharacters} characters when it is filled for all rows. Send several batches.`;
  return new Fault('malformed-request', `/template: ${detail}`, { errors: [{ pointer: '/template', detail }] });
};

const newBatchFault = (errors: readonly FieldError[]): Fault => {
  const [first] = errors;
  const message =
    errors.length === 1
      ? `${first?.pointer ?? ''}: ${first?.detail ?? ''}`
      : `The batch has ${errors.length < maxErrors ? '' : 'at least '}${errors.length} errors.`;
  return new Fault('malformed-request', message, { errors });
};

interface RowOptions extends ValidationOptions {
  /** The cluster ids of the rows so far. */
  readonly rowsByClusterId: Map<string, number>;
}

const findRowErrors = (data: BatchData, index: number, options: RowOptions): readonly FieldError[] => {
  try {
    validateRow(data, index, options);
    return [];
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    const errors = error.errors.length > 0 ? error.errors : [{ pointer: '', detail: error.message }];
    return errors
      .slice(0, maxErrors)
      .map(({ pointer, detail }) => ({ pointer: `/template${pointer}`, detail: `Row ${index}: ${detail}` }));
  }
};

/** @throws Fault with pointers into the template. */
const validateRow = (data: BatchData, index: number, options: RowOptions): void => {
  const { operationId, rowsByClusterId } = options;
  const row = renderBatchItem(data, index);
  const { clusterId = '' } = row.data;
  if (row.kind === 'deploy' && row.data.mode !== 'application')
    throw newRowFault('/mode', 'A batch deploys applications only.');
  if (row.data.taskToken !== undefined)
    throw newRowFault(
      '/taskToken',
      'A row cannot have a taskToken. Set the taskToken of the batch. Drey completes it with the verdict of the batch.',
    );
  const earlierRow = rowsByClusterId.get(clusterId);
  if (earlierRow !== undefined)
    throw newRowFault('/clusterId', `Row ${earlierRow} has the cluster id ${clusterId} as well.`);
  rowsByClusterId.set(clusterId, index);
  validateDeploy(toDeploy(row.data), { operationId, clusterId }, options);
  if ('rollout' in row.data) assertOptions(row.data.rollout, '/rollout');
};

/** What an apply deploys if its cluster does not run. */
const toDeploy = (data: RowCommand['data']): CommandData<'deploy'> =>
  'rollout' in data ? toDeployOfApply(data) : data;

const newRowFault = (pointer: string, detail: string) =>
  new Fault('malformed-request', detail, { errors: [{ pointer, detail }] });
