import type { QueuedRecord } from '#shared/clusters/model/admission/queue.ts';
import { toListEnd, toListKey } from '#shared/clusters/model/admission/ready-key.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';

/** The first commands of each kind and team that wait for capacity. */
export interface Heads {
  readonly records: readonly QueuedRecord[];
  /** The keys of lists that may have further commands. */
  readonly truncated: ReadonlySet<string>;
}

/** A page of more records may exceed the megabyte that DynamoDB reads for one request. */
const maxPage = 800;

/**
 * Reads the first commands of each list, at least `count` of a longer list. A short queue takes one request, and a long one
 * a request for each long list. Pages grow while lists are short, because there may be thousands of teams.
 */
export const readHeads = async (target: string, count: number, { store }: Pick<Ports, 'store'>): Promise<Heads> => {
  const records: QueuedRecord[] = [];
  const truncated = new Set<string>();
  let [after, limit] = ['', count];
  for (;;) {
    const page = await store.readyCommands(target, { after, limit });
    records.push(...page.commands);
    const last = page.commands.at(-1);
    if (last === undefined || !page.hasMore) return { records, truncated };
    const list = toListKey(last.value);
    const isLong = records.filter(({ value }) => toListKey(value) === list).length >= count;
    if (isLong) truncated.add(list);
    after = isLong ? toListEnd(last.value) : (last.readyKey ?? '');
    limit = isLong ? count : Math.min(2 * limit, maxPage);
  }
};
