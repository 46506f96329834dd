import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { TestProject } from 'vitest/node';

import { createVenv } from '#local/services/python.ts';
import { root } from '#local/settings.ts';
import { python } from '#test/support/templates.ts';

/** The folder of the compiled templates, which is removed after the tests, and the Python packages that read them. */
export default async function setup(project: TestProject) {
  const folder = mkdtempSync(join(tmpdir(), 'drey-templates-'));
  project.provide('templates', folder);
  const requirements = join(root, 'test/template/requirements.txt');
  await createVenv({ venv: python.venv, requirements, log: join(folder, 'pip') });
  return () => rmSync(folder, { recursive: true });
}
