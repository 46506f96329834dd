import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { problems } from '#events/problems/problem-table.ts';
import { options } from '#shared/flink/option-table.ts';
import { metrics } from '#shared/metrics.ts';
import { bundleBars } from '#test/bench/bars.ts';
import { checkBundles } from '#test/bench/report.ts';
import { type Bundle, bundleFunctions } from '#test/support/bundles.ts';
import { environment } from '#test/support/environment.ts';

import { functionNames } from '../../../infra/functions.ts';

const execFileAsync = promisify(execFile);

const folder = mkdtempSync(join(tmpdir(), 'drey-bundles-'));
let bundles: readonly Bundle[];
beforeAll(async () => {
  bundles = await bundleFunctions(functionNames, folder);
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true }));

const bundleOf = (name: string): Bundle => bundles.find((bundle) => bundle.name === name) as Bundle; // Each function has one.

describe('the bundles of functions', () => {
  it('are within the bars of their sizes', () => {
    const bars = checkBundles({ bundles });

    expect(bars.map(({ name }) => name)).toEqual(Object.keys(bundleBars));
    expect(bars.filter(({ met }) => !met)).toEqual([]);
  });

  it('load, so that their schemas call no method that is left out', async () => {
    const importAll = bundles.map(({ file }) => `await import(${JSON.stringify(file)});`).join('\n');

    const { stderr } = await execFileAsync(process.execPath, ['--input-type=module', '-e', importAll], {
      env: environment,
    });

    expect(stderr).toBe('');
  });

  it('have no formats of zod that no schema uses', () => {
    const code = readFileSync(bundleOf('commandQueue').file, 'utf8');

    expect(code).toContain('ZodBase64');
    expect(code).not.toMatch(/ZodEmail|ZodJWT|ZodCUID|ZodEmoji/);
  });

  it.each(functionNames)(
    '%s has neither a client of the AWS SDK, nor the locales of zod, nor the larger parser of YAML',
    (name) => {
      const unwanted = Object.entries(bundleOf(name).bytesOf).filter(
        ([file, bytes]) =>
          bytes > 0 &&
          /@aws-sdk\/(client-|lib-|core\/|credential)|zod\/v4\/locales\/(?!en\.js)|node_modules\/yaml\//.test(file),
      );

      expect(unwanted.map(([file]) => file)).toEqual([]);
    },
  );

  it.each([
    ['problems', problems['malformed-request'].meaning],
    ['options', options['kubernetes.cluster-id'].description],
    ['metrics', metrics.Failures.description],
    ['schemas', 'Queued commands with a higher priority start first.'],
  ])('have no texts of %s, which only pages show', (_what, text) => {
    const code = readFileSync(bundleOf('deploy').file, 'utf8');

    expect(code).toContain(problems['malformed-request'].title);
    expect(code).not.toContain(text);
  });
});
