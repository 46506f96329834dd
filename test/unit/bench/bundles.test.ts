import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, it } from 'vitest';

import { measuredBundles } from '#test/bench/bundle-starts.ts';
import { checkBundles } from '#test/bench/report.ts';
import { bundleFunctions } from '#test/support/bundles.ts';

it('bundles functions within the bars of their sizes', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'drey-bundles-'));
  const bars = checkBundles({ bundles: await bundleFunctions(measuredBundles, folder) });
  rmSync(folder, { recursive: true });

  expect(bars).toHaveLength(measuredBundles.length);
  expect(bars.filter(({ met }) => !met)).toEqual([]);
}, 120_000);
