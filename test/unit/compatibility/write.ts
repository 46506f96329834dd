/**
 * Writes the fixtures of this version: everything that its functions hand to each other, and every kind of record.
 * With `--release`, it marks them as released instead. They must not change afterwards.
 */
import { mkdirSync, writeFileSync } from 'node:fs';

import packageJson from '../../../package.json' with { type: 'json' };
import { environment } from '../../support/environment.ts';
import { assertUnreleased, writeRelease } from './release.ts';

const folder = new URL(`${packageJson.version}/`, import.meta.url);

const writeFixtures = async () => {
  assertUnreleased(folder);
  Object.assign(process.env, environment);
  const { collectFixtures } = await import('./fixtures.ts');
  mkdirSync(folder, { recursive: true });
  for (const [name, fixtures] of Object.entries(await collectFixtures()))
    writeFileSync(new URL(`${name}.json`, folder), `${JSON.stringify(fixtures, undefined, 1)}\n`);
};

if (process.argv.includes('--release')) writeRelease(folder);
else await writeFixtures();
