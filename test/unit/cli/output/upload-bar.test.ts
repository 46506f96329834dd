import { expect, it } from 'vitest';

import { showUpload } from '#cli/output/upload-bar.ts';
import type { Output } from '#cli/output/streams.ts';

it.each([
  [36_052, 'Uploading a.jar (35.2 KiB) …\n'],
  [500_000_000, 'Uploading a.jar (476.8 MiB) …\n'],
])('an upload of %i bytes has one line on a pipe: %j', async (bytes, line) => {
  const written: string[] = [];
  const pipe = { isTTY: false, write: (text: string) => written.push(text) > 0 } as Partial<Output> as Output;

  await showUpload({ file: '/jars/a.jar', bytes }, pipe);

  expect(written).toEqual([line]);
});
