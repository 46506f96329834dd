import type { BatchItem } from '../../api/types.ts';

/** The items of a batch by their verdicts: `2 FINISHED, 1 FAILED, 5 not ended`. */
export const countVerdicts = (items: readonly BatchItem[]): string =>
  (['FINISHED', 'FAILED', 'CANCELED', undefined] as const)
    .map((verdict) => ({ verdict, count: items.filter((item) => item.verdict === verdict).length }))
    .filter(({ count }) => count > 0)
    .map(({ verdict, count }) => `${count} ${verdict ?? 'not ended'}`)
    .join(', ');
