import { execFile } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { describe, expect, it } from 'vitest';

import { root, settingsFrom } from '#local/settings.ts';

const run = promisify(execFile);
const folder = mkdtempSync(join(tmpdir(), 'drey-template-'));

/** osls writes each dependency twice (W3005), and the stage makes conditions constant (W8003). */
const ignoredRules = ['W3005', 'W8003'];

describe('the template for AWS', () => {
  it('passes the linter of CloudFormation', async () => {
    const env = { ...process.env, AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' };
    await run(
      process.execPath,
      ['node_modules/osls/bin/serverless.js', 'package', '--stage', 'prod', '--package', folder],
      { cwd: root, env },
    );

    const linter = join(settingsFrom().venv, 'bin/cfn-lint');
    const { stdout } = await run(linter, [
      '--ignore-checks',
      ...ignoredRules,
      '--template',
      join(folder, 'cloudformation-template-update-stack.json'),
    ]);

    expect(stdout.trim()).toBe('');
  }, 300_000);
});
