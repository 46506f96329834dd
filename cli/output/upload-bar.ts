import { basename } from 'node:path';

import { toSafeText } from './safe-text.ts';
import type { Output } from './streams.ts';

interface Upload {
  readonly file: string;
  readonly bytes: number;
}

interface Bar {
  /** @param sent Bytes since the start of the upload. */
  readonly update: (sent: number) => void;
  readonly stop: () => void;
}

const toMebibytes = (bytes: number) => (bytes / 2 ** 20).toFixed(1);

/** A progress bar on a terminal, one line elsewhere. */
export const showUpload = async ({ file, bytes }: Upload, stream: Output): Promise<Bar> => {
  const title = toSafeText(`Uploading ${basename(file)}`);
  if (stream.isTTY !== true) {
    stream.write(`${title} (${toMebibytes(bytes)} MiB) …\n`);
    return { update: () => {}, stop: () => {} };
  }
  const { SingleBar } = (await import('cli-progress')).default;
  const bar = new SingleBar({
    stream,
    clearOnComplete: true,
    hideCursor: true,
    format: `${title} {bar} {percentage}% of ${toMebibytes(bytes)} MiB, {eta_formatted} left`,
    barCompleteChar: '█',
    barIncompleteChar: '░',
  });
  bar.start(bytes, 0);
  return { update: (sent) => bar.update(sent), stop: () => bar.stop() };
};
