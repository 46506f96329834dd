import type { Kubernetes, LogOptions } from '#shared/clusters/ports/kubernetes.ts';

interface NewestOptions extends Omit<LogOptions, 'waitForEndMs'> {
  readonly maxBytes: number;
}

export interface NewestLog {
  readonly text: string;
  /** Whether the log has older lines that were asked for. */
  readonly isCut: boolean;
}

/** Newer lines may be longer than those of the first answer, which tells how many fit. */
const maxReads = 8;

/**
 * The newest lines of a log, up to a size. Kubernetes leaves out the newest lines of a large answer, so that fewer lines
 * are read then. Undefined as for `Kubernetes.readLog`.
 */
export const readNewest = async (
  clusterId: string,
  { lines, ...options }: NewestOptions,
  kubernetes: Kubernetes,
): Promise<NewestLog | undefined> => {
  let wanted = lines;
  for (let reads = 1; ; reads += 1) {
    const text = await kubernetes.readLog(clusterId, { ...options, lines: wanted });
    if (text === undefined) return undefined;
    const count = countLines(text);
    const isWhole = Buffer.byteLength(text) < options.maxBytes;
    if (isWhole || reads === maxReads) return { text, isCut: !isWhole || count >= wanted };
    wanted = Math.max(1, Math.floor(Math.min(count, wanted) * (reads === 1 ? 0.8 : 0.5)));
  }
};

const countLines = (text: string): number => {
  let count = text === '' || text.endsWith('\n') ? 0 : 1;
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) count += 1;
  return count;
};
