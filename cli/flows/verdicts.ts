import { Failure } from '#cli/api/failure.ts';
import { path } from '#cli/api/path.ts';
import type { BatchItems } from '#cli/api/responses.ts';
import type { Context } from '#cli/context.ts';
import { showProgress } from '#cli/output/progress.ts';
import { paintState, tableOf } from '#cli/output/table.ts';
import type { Operation } from '#events/operation.ts';

import { getOperation } from './operations.ts';
import { slowingPause } from './pause.ts';

const pace = { firstMs: 500, longestMs: 5_000 };
const atOnce = 8;

interface Wait {
  readonly ids: readonly string[];
  /** Undefined: as long as it takes. */
  readonly timeoutMs: number | undefined;
}

/**
 * Waits until every command has a verdict.
 *
 * @throws Failure when one of them did not finish, or is open when the time is over.
 */
export const awaitVerdicts = async ({ ids, timeoutMs = Infinity }: Wait, context: Context): Promise<void> => {
  const operations = await untilDecided(ids, Date.now() + timeoutMs, context);
  const lost = operations.filter(({ verdict }) => verdict !== 'FINISHED');
  if (context.json) context.printJson({ operations });
  else await print(operations, context);
  if (lost.length === 0) return;
  const open = lost.filter(({ verdict }) => verdict === undefined);
  throw new Failure(
    `${lost.length} of ${operations.length} did not finish${open.length === 0 ? '' : ` (${open.length} of them not yet)`}.`,
    {
      lines: (await Promise.all(lost.map((one) => causesOf(one, context)))).flat(),
      hint: '`drey operation ID` shows more of one of them.',
    },
  );
};

/** As they are when all have a verdict, or the time is over. */
const untilDecided = async (
  ids: readonly string[],
  latest: number,
  context: Context,
): Promise<readonly Operation[]> => {
  const { default: pMap } = await import('p-map');
  using progress = showProgress(
    `Waiting for ${ids.length === 1 ? ids[0] : `${ids.length} commands`}`,
    context.io.stderr,
  );
  const known = new Map<string, Operation>();
  const pause = slowingPause(pace, context.signal);
  for (;;) {
    const open = ids.filter((id) => known.get(id)?.verdict === undefined);
    for (const one of await pMap(open, (id) => getOperation(id, context), { concurrency: atOnce }))
      known.set(one.operationId, one);
    const all = ids.flatMap((id) => known.get(id) ?? []);
    const waiting = all.filter(({ verdict }) => verdict === undefined);
    if (waiting.length === 0 || Date.now() > latest) return all;
    progress.phase(await phaseOf(all.length - waiting.length, all.length, waiting[0], context));
    await pause();
  }
};

const phaseOf = async (
  decided: number,
  count: number,
  next: Operation | undefined,
  context: Context,
): Promise<string> => {
  const what = [next?.phase ?? next?.state ?? '', ...(await elementsOf(next, context))].join('; ');
  return count === 1 ? what : `${decided} of ${count} are over; ${next?.clusterId ?? ''}: ${what}`;
};

/** How far a batch is: `2 FINISHED, 1 open`. */
const elementsOf = async (next: Operation | undefined, context: Context): Promise<readonly string[]> => {
  if (next?.kind !== 'batch') return [];
  const { batchItems } = await context.api.get<BatchItems>(path`/v1/operations/${next.operationId}/items`);
  const counts = Map.groupBy(batchItems, ({ verdict = 'open' }) => verdict);
  return batchItems.length === 0 ? [] : [[...counts].map(([verdict, { length }]) => `${length} ${verdict}`).join(', ')];
};

const print = async (operations: readonly Operation[], context: Context): Promise<void> => {
  const rows = operations.map(({ operationId, kind, clusterId, verdict, state }) => [
    operationId,
    kind,
    clusterId,
    paintState(verdict ?? state, context.io.stdout),
  ]);
  context.print(await tableOf(['OPERATION', 'COMMAND', 'CLUSTER', 'VERDICT'], rows));
};

const causesOf = async (
  { operationId, kind, clusterId, verdict, verdictMessage, state, problem, phase }: Operation,
  context: Context,
): Promise<readonly string[]> => {
  const why = verdictMessage ?? problem?.detail ?? phase;
  const line = `${clusterId}: ${verdict ?? state}${why === undefined ? '' : `: ${why}`}`;
  if (kind !== 'batch') return [line];
  const { batchItems } = await context.api.get<BatchItems>(path`/v1/operations/${operationId}/items`);
  return [
    line,
    ...batchItems
      .filter((one) => one.verdict !== 'FINISHED')
      .map(
        (one) => `  ${one.clusterId}: ${one.verdict ?? 'open'}${one.message === undefined ? '' : `: ${one.message}`}`,
      ),
  ];
};
