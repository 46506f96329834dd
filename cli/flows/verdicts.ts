import { Failure } from '#cli/api/failure.ts';
import { readList } from '#cli/api/pages.ts';
import type { BatchItems } from '#cli/api/responses.ts';
import type { Context } from '#cli/context.ts';
import { showProgress } from '#cli/output/progress.ts';
import { paintState, renderTable } from '#cli/output/table.ts';
import type { OperationRef } from '#events/names.ts';
import type { Operation } from '#events/records/operation.ts';

import { operationPath, readOperation } from './operations.ts';
import { createBackoff } from './pause.ts';

const backoff = { firstMs: 500, maxMs: 5_000 };
const maxConcurrentReads = 8;

interface Wait {
  readonly target: string;
  readonly ids: readonly string[];
  /** Undefined: no limit. */
  readonly timeoutMs: number | undefined;
}

/**
 * Waits until every operation has a verdict.
 *
 * @throws Failure when a verdict is not FINISHED, or is missing after the timeout.
 */
export const waitForVerdicts = async ({ target, ids, timeoutMs = Infinity }: Wait, context: Context): Promise<void> => {
  const operations = await pollVerdicts({ target, ids, deadlineMs: Date.now() + timeoutMs }, context);
  const unfinished = operations.filter(({ verdict }) => verdict !== 'FINISHED');
  if (context.json) context.printJson({ operations });
  else await printVerdicts(operations, context);
  if (unfinished.length === 0) return;
  const open = unfinished.filter(({ verdict }) => verdict === undefined);
  throw new Failure(
    `${unfinished.length} of ${operations.length} operations are not FINISHED${open.length === 0 ? '' : `; ${open.length} of them are still open`}.`,
    {
      lines: (await Promise.all(unfinished.map((one) => describeCauses(one, context)))).flat(),
      hint: 'Run `drey operation ID` for details.',
    },
  );
};

/** The operations when all have a verdict, or at the timeout. */
const pollVerdicts = async (
  { target, ids, deadlineMs }: Omit<Wait, 'timeoutMs'> & { readonly deadlineMs: number },
  context: Context,
): Promise<readonly Operation[]> => {
  const { default: pMap } = await import('p-map');
  using progress = showProgress(
    `Waiting for ${ids.length === 1 ? ids[0] : `${ids.length} operations`}`,
    context.io.stderr,
  );
  const operations = new Map<string, Operation>();
  const pause = createBackoff(backoff, context.signal);
  for (;;) {
    const open = ids.filter((id) => operations.get(id)?.verdict === undefined);
    for (const one of await pMap(open, (operationId) => readOperation({ target, operationId }, context), {
      concurrency: maxConcurrentReads,
    }))
      operations.set(one.operationId, one);
    const all = ids.flatMap((id) => operations.get(id) ?? []);
    const waiting = all.filter(({ verdict }) => verdict === undefined);
    if (waiting.length === 0 || Date.now() > deadlineMs) return all;
    progress.showPhase(await describePhase(all.length - waiting.length, all.length, waiting[0], context));
    await pause();
  }
};

const describePhase = async (
  terminal: number,
  count: number,
  next: Operation | undefined,
  context: Context,
): Promise<string> => {
  const phase = [next?.phase ?? next?.state ?? '', ...(await describeItems(next, context))].join('; ');
  return count === 1 ? phase : `${terminal} of ${count} have a verdict; ${next?.clusterId ?? ''}: ${phase}`;
};

const readBatchItems = (operationRef: OperationRef, { api }: Context) =>
  readList<BatchItems>(api, `${operationPath(operationRef)}/items`, { items: 'batchItems' });

/** The items of a batch by verdict: `2 FINISHED, 1 open`. */
const describeItems = async (next: Operation | undefined, context: Context): Promise<readonly string[]> => {
  if (next?.kind !== 'batch') return [];
  const { batchItems } = await readBatchItems(next, context);
  const counts = Map.groupBy(batchItems, ({ verdict = 'open' }) => verdict);
  return batchItems.length === 0 ? [] : [[...counts].map(([verdict, { length }]) => `${length} ${verdict}`).join(', ')];
};

const printVerdicts = async (operations: readonly Operation[], context: Context): Promise<void> => {
  const rows = operations.map(({ operationId, kind, clusterId, verdict, state }) => [
    operationId,
    kind,
    clusterId,
    paintState(verdict ?? state, context.io.stdout),
  ]);
  context.print(await renderTable(['OPERATION', 'COMMAND', 'CLUSTER', 'VERDICT'], rows));
};

const describeCauses = async (
  { operationId, kind, target, clusterId, verdict, verdictMessage, state, problem, phase }: Operation,
  context: Context,
): Promise<readonly string[]> => {
  const cause = verdictMessage ?? problem?.detail ?? phase;
  const line = `${clusterId}: ${verdict ?? state}${cause === undefined ? '' : `: ${cause}`}`;
  if (kind !== 'batch') return [line];
  const { batchItems } = await readBatchItems({ target, operationId }, context);
  return [
    line,
    ...batchItems
      .filter((one) => one.verdict !== 'FINISHED')
      .map(
        (one) => `  ${one.clusterId}: ${one.verdict ?? 'open'}${one.message === undefined ? '' : `: ${one.message}`}`,
      ),
  ];
};
