import { basename } from 'node:path';

import { formatBytes } from './bytes.ts';
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

/** A progress bar on a terminal, one line elsewhere. */
export const showUpload = async ({ file, bytes }: Upload, stream: Output): Promise<Bar> => {
  const title = toSafeText(`Uploading ${basename(file)}`);
  if (stream.isTTY !== true) {
    stream.write(`${title} (${formatBytes(bytes)}) …\n`);
    return { update: () => {}, stop: () => {} };
  }
  const { SingleBar } = (await import('cli-progress')).default;
  const bar = new SingleBar({
    stream,
    clearOnComplete: true,
    hideCursor: true,
    format: `${title} {bar} {percentage}% of ${formatBytes(bytes)}, {eta_formatted} left`,
    barCompleteChar: '█',
    barIncompleteChar: '░',
  });
  bar.start(bytes, 0);
  return { update: (sent) => bar.update(sent), stop: () => bar.stop() };
};
