import { describe, expect, it } from 'vitest';

import { compileTemplate, python, templateNames } from '#test/support/templates.ts';

/** osls writes each dependency twice (W3005), and the stage makes conditions constant (W8003). */
const ignoredRules = ['W3005', 'W8003'];

describe('the template for AWS', () => {
  it.each(templateNames)('passes the linter of CloudFormation with the settings %s', async (name) => {
    const { file } = await compileTemplate(name);

    const { stdout } = await python.run('cfn-lint', '--ignore-checks', ...ignoredRules, '--template', file);

    expect(stdout.trim()).toBe('');
  });
});
