import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

import { build } from 'vite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { root } from '#local/settings.ts';
import { pageBars } from '#test/bench/bars.ts';

const folder = mkdtempSync(join(tmpdir(), 'drey-page-'));
let files: ReadonlyMap<string, Buffer>;
beforeAll(async () => {
  await build({
    configFile: join(root, 'vite.config.ts'),
    logLevel: 'silent',
    build: { outDir: folder, emptyOutDir: true },
  });
  const read = (name: string) => readFileSync(join(folder, name));
  const linked = read('index.html')
    .toString()
    .matchAll(/(?:src|href)="\/(assets\/[^"]+)"/g);
  files = new Map(['index.html', ...Array.from(linked, ([, name = '']) => name)].map((name) => [name, read(name)]));
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true }));

describe('the first load of the dashboard', () => {
  it('is within the bar of its compressed scripts and style sheets', () => {
    const bytes = [...files.values()].reduce((sum, file) => sum + gzipSync(file).length, 0);

    expect(bytes / 1_000).toBeLessThanOrEqual(pageBars['first load, scripts and style sheets: kB']);
  });

  it('has the overview, so that no further script is loaded for it, and no other view', () => {
    const scripts = [...files].filter(([name]) => name.endsWith('.js')).map(([, file]) => file.toString());

    expect(scripts.some((script) => script.includes('Nothing needs attention'))).toBe(true);
    expect(scripts.some((script) => script.includes('Loading clusters'))).toBe(true);
    expect(scripts.some((script) => script.includes('Upload and submit'))).toBe(false);
  });
});
