import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { describe, expect, it } from 'vitest';

import { settingsFrom } from '#local/settings.ts';

import { compileTemplate, type TemplateName, templateSettings } from '../support/templates.ts';

const run = promisify(execFile);
const names = Object.keys(templateSettings) as TemplateName[]; // the keys of the table

/** osls writes each dependency twice (W3005), and the stage makes conditions constant (W8003). */
const ignoredRules = ['W3005', 'W8003'];

describe('the template for AWS', () => {
  it.each(names)('passes the linter of CloudFormation with the settings %s', async (name) => {
    const { file } = await compileTemplate(name);

    const linter = join(settingsFrom().venv, 'bin/cfn-lint');
    const { stdout } = await run(linter, ['--ignore-checks', ...ignoredRules, '--template', file]);

    expect(stdout.trim()).toBe('');
  });
});
