import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';

import { execa } from 'execa';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');
const lockFiles = ['package-lock.json', 'go.sum'];

/** Hosts that serve packages, images or archives. A machine may reach them under other names, through a mirror. */
const registryHosts = [
  /(npmjs\.(org|com)|yarnpkg\.com|unpkg\.com|jsdelivr\.net)/,
  /(pypi\.org|pythonhosted\.org)/,
  /((proxy|sum)\.golang\.org|(golang\.org|go\.dev)\/dl)/,
  /(repo1?\.maven\.|central\.sonatype|archive\.apache\.org|downloads\.apache\.org|dlcdn\.apache\.org)/,
  /((deb|ftp|security|snapshot)\.debian\.org|archive\.ubuntu\.com)/,
  /(docker\.(io|com)|ghcr\.io|quay\.io|gcr\.io|public\.ecr\.aws|(registry|dl|pkgs)\.k8s\.io)/,
  /(nodejs\.org\/dist|githubusercontent\.com|\/releases\/download\/)/,
  /(rubygems\.org|crates\.io)/,
];

const untracked = /^(\.git|node_modules|\.local|\.serverless|\.esbuild|coverage)(\/|$)/;

/** The tracked files; in a copy without Git's data, all files that .gitignore does not name. */
const listFiles = async (): Promise<string[]> => {
  const listed = await execa('git', ['ls-files', '-z'], { cwd: root, reject: false });
  const names = listed.failed
    ? (await readdir(root, { recursive: true })).filter((name) => !untracked.test(name))
    : listed.stdout.split('\0');
  return names.filter((name) => name !== '' && !lockFiles.includes(basename(name)));
};

/** `file:line: text` of each line that names a registry. */
const findRegistries = async (name: string): Promise<string[]> => {
  const text = await readFile(join(root, name), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'EISDIR') return ''; // removed without a commit; a folder
    throw error;
  });
  return text
    .split('\n')
    .flatMap((line, index) =>
      registryHosts.some((host) => host.test(line)) ? [`${name}:${index + 1}: ${line.trim()}`] : [],
    );
};

describe('tracked files', () => {
  it('name no host of a package registry, except the lock files', async () => {
    const found = await Promise.all((await listFiles()).map(findRegistries));

    expect(found.flat()).toEqual([]);
  });
});
