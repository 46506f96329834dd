import { mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll } from 'vitest';

import { exampleJar } from '#local/services/kubernetes.ts';
import { settingsFrom } from '#local/settings.ts';

import { useBucket } from '../support/bucket.ts';
import { packageFolder, runProgram } from '../support/cli.ts';
import { freshId, system } from '../support/system.ts';

/** Runs the rows of docs/commands.md as a user types them, with `bin/flink` and `bin/kubernetes-session.sh`. */

export const endless = exampleJar(settingsFrom());
export const { url: directory } = useBucket();
/** The session of the rows that name no other cluster. */
export const session = freshId('cmd');

let flinkFolder: string;
beforeAll(async () => {
  flinkFolder = await mkdtemp(join(tmpdir(), 'flink-'));
  await mkdir(join(flinkFolder, 'bin'));
  for (const script of ['flink', 'kubernetes-session.sh'])
    await symlink(join(packageFolder, 'bin', script), join(flinkFolder, 'bin', script));
});
afterAll(() => rm(flinkFolder, { recursive: true }));

/** The values for the placeholders of a row. */
interface Filled {
  readonly id?: string;
  readonly job?: string;
  readonly jar?: string;
  readonly more?: readonly string[];
  /** Text of the row → its replacement. */
  readonly instead?: Readonly<Record<string, string>>;
}

/** The rows that were run. */
export const typed: string[] = [];
const pipe = 'echo stop | ';
/** Runs a row of the table. */
export const type = (line: string, { id = session, job = '', jar = endless, more = [], instead = {} }: Filled = {}) => {
  typed.push(line);
  const [script = '', ...words] = line.replace(pipe, '').split(' ');
  const filled = words.map((word) =>
    Object.entries({ ...instead, NAMESPACE: system.namespace, DIR: directory }).reduce(
      (text, [from, to]) => text.replaceAll(from, to),
      word
        .replaceAll(/\bID\b/g, id)
        .replace(/^JOB$/, job)
        .replace(/^x\.jar$/, jar),
    ),
  );
  return runProgram(join(flinkFolder, 'bin', script), [...more, ...filled], line.startsWith(pipe) ? 'stop\n' : '');
};
/** Runs a row with more options after its action. */
export const typeAction = (line: string, filled: Filled) => {
  const [script = '', action = '', ...rest] = line.split(' ');
  const { more = [] } = filled;
  typed.push(line);
  const before = typed.length;
  const ran = type([script, action, ...more, ...rest].join(' '), { ...filled, more: [] });
  typed.splice(before);
  return ran;
};
