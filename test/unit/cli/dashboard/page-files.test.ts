import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, it } from 'vitest';

import { openPageFiles } from '#cli/dashboard/page-files.ts';

it('a page that is not built is told with the command that builds it', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'drey-page-'));

  const failures = await Promise.allSettled([openPageFiles(folder), openPageFiles(join(folder, 'none'))]);

  await rm(folder, { recursive: true });
  expect(failures).toMatchObject(
    [0, 1].map(() => ({
      reason: {
        message: 'The page of the dashboard is not built.',
        hint: 'Run `npm ci` in the folder of Drey.',
      },
    })),
  );
});
