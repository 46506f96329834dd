import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';

import { execa } from 'execa';

const root = join(import.meta.dirname, '../..');
const lockFiles = ['package-lock.json', 'go.sum'];
const untracked = /^(\.git|node_modules|\.local|\.serverless|\.esbuild|coverage)(\/|$)/;

/** The tracked files but lock files; in a copy without Git's data, all files that .gitignore does not name. */
export const listTrackedFiles = async (): Promise<readonly string[]> => {
  const listed = await execa('git', ['ls-files', '-z'], { cwd: root, reject: false });
  const names = listed.failed
    ? (await readdir(root, { recursive: true })).filter((name) => !untracked.test(name))
    : listed.stdout.split('\0');
  return names.filter((name) => name !== '' && !lockFiles.includes(basename(name)));
};

/** The text of a file of the project. Empty for a folder, and for a file that was removed without a commit. */
export const readTracked = (name: string): Promise<string> =>
  readFile(join(root, name), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'EISDIR') return '';
    throw error;
  });
