import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { dependenciesPage, listLocked, shippedLicenses, toolLicenses } from '../../infra/generators/dependencies.ts';

const root = join(import.meta.dirname, '../..');

interface LockedPackage {
  readonly hasInstallScript?: boolean;
  readonly deprecated?: string;
  readonly integrity?: string;
}

interface Component {
  /** The name in the registry, and the version. `name` is that of the folder. */
  readonly 'bom-ref': string;
  readonly licenses?: readonly object[];
  readonly hashes?: readonly object[];
}

const readJson = async (name: string) => JSON.parse(await readFile(join(root, name), 'utf8'));

const lockedNames = async (matches: (locked: LockedPackage) => boolean): Promise<string[]> => {
  const { packages }: { packages: Record<string, LockedPackage> } = await readJson('package-lock.json');
  return Object.entries(packages).flatMap(([path, locked]) =>
    path !== '' && matches(locked) ? [path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)] : [],
  );
};

// .npmrc hides npm's warnings, because some dependencies warn on Node 20. These tests report what else npm would warn of.
describe('the dependencies', () => {
  it('have install scripts that package.json allows or denies', async () => {
    const { allowScripts } = await readJson('package.json');
    const scripted = await lockedNames(({ hasInstallScript }) => hasInstallScript === true);

    expect(Object.keys(allowScripts).toSorted()).toEqual(scripted.toSorted());
  });

  it('run no install script but those of node and esbuild', async () => {
    const { allowScripts } = await readJson('package.json');

    expect(Object.keys(allowScripts).filter((name) => allowScripts[name] === true)).toEqual(['node', 'esbuild']);
  });

  it('are not deprecated', async () => {
    expect(await lockedNames(({ deprecated }) => deprecated !== undefined)).toEqual([]);
  });

  it('have the hash of their content in the lock file, for every platform', async () => {
    expect(await lockedNames(({ integrity }) => integrity?.startsWith('sha512-') !== true)).toEqual([]);
  });

  it('have licences that permit their use', () => {
    const refused = listLocked().filter(
      ({ shipped, license }) => !(shipped ? shippedLicenses : toolLicenses).has(license),
    );

    expect(refused).toEqual([]);
  });

  it('are listed by docs/dependencies.md as `npm run generate` writes it', async () => {
    expect(await readFile(join(root, 'docs/dependencies.md'), 'utf8')).toBe(dependenciesPage);
  });

  it('are in the software bill of materials, with version, licence and hash', async () => {
    const { stdout } = await execa('npm', ['run', '--silent', 'sbom'], { cwd: root });

    const { bomFormat, components } = JSON.parse(stdout) as { bomFormat: string; components: readonly Component[] };
    expect(bomFormat).toBe('CycloneDX');
    expect(new Set(components.map(({ 'bom-ref': ref }) => ref))).toEqual(
      new Set(listLocked().map(({ name, version }) => `${name}@${version}`)),
    );
    expect(components.filter(({ licenses = [], hashes = [] }) => licenses.length === 0 || hashes.length === 0)).toEqual(
      [],
    );
  });
});

describe('the audit of the lock file', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'drey-audit-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  /** Runs the audit with an npm that prints a report. */
  const auditWith = async (report: unknown) => {
    const npm = join(folder, 'npm');
    await writeFile(join(folder, 'report'), typeof report === 'string' ? report : JSON.stringify(report));
    await writeFile(npm, `#!/bin/sh\ncat '${folder}/report'\nexit 1\n`);
    await chmod(npm, 0o755);
    const env = { PATH: `${folder}${delimiter}${process.env['PATH'] ?? ''}` };
    return execa(process.execPath, [join(root, '.ci/audit.mjs')], { env, reject: false });
  };

  it.each(['moderate', 'low'])('passes with a vulnerability of severity %s', async (severity) => {
    const vulnerabilities = { a: { name: 'a', severity, range: '<2' } };

    const ended = await auditWith({ vulnerabilities, metadata: { vulnerabilities: { total: 1 } } });

    expect(ended).toMatchObject({ exitCode: 0, stdout: expect.stringContaining(': 1, 0 of them') });
  });

  it.each(['high', 'critical'])(
    'fails with a vulnerability of severity %s, and names the package',
    async (severity) => {
      const vulnerabilities = {
        a: { name: 'a', severity, range: '<2' },
        b: { name: 'b', severity: 'low', range: '*' },
      };

      const ended = await auditWith({ vulnerabilities, metadata: { vulnerabilities: { total: 2 } } });

      expect(ended).toMatchObject({ exitCode: 1, stdout: expect.stringContaining(`${severity}: a <2`) });
      expect(ended.stdout).not.toContain('low: b');
    },
  );

  it.each([{ message: '405 Method Not Allowed', statusCode: 405 }, 'not JSON', ''])(
    'passes and says so when the registry offers no audit: %j',
    async (report) => {
      expect(await auditWith(report)).toMatchObject({
        exitCode: 0,
        stdout: expect.stringContaining('the registry offers no audit'),
      });
    },
  );
});
