/** Writes docs/dependencies.md from package-lock.json. The page is committed, and a unit test compares it. */
import { readFileSync, writeFileSync } from 'node:fs';

import * as z from 'zod';

const Package = z.object({
  /** The name of a package that is installed under another one. */
  name: z.string().optional(),
  version: z.string(),
  license: z.string().default('none'),
  dev: z.boolean().default(false),
  devOptional: z.boolean().default(false),
});

const lockFile = new URL('../../package-lock.json', import.meta.url);
const { packages } = z
  .object({ packages: z.record(z.string(), Package) })
  .parse(JSON.parse(readFileSync(lockFile, 'utf8')));

/** The packages of the lock file, each version once. */
export const listLocked = (): readonly {
  readonly name: string;
  readonly version: string;
  readonly license: string;
  readonly shipped: boolean;
}[] => {
  const found = Object.entries(packages)
    .filter(([path]) => path !== '')
    .map(([path, { name, version, license, dev, devOptional }]) => ({
      name: name ?? path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length),
      version,
      license,
      shipped: !dev && !devOptional,
    }));
  // Of a version that is installed twice, the shipped one counts.
  const shippedLast = found.toSorted((one, other) => Number(one.shipped) - Number(other.shipped));
  const unique = new Map(shippedLast.map((locked) => [`${locked.name}@${locked.version}`, locked]));
  return [...unique.values()].toSorted((one, other) =>
    compare(`${one.name}@${one.version}`, `${other.name}@${other.version}`),
  );
};

const compare = (one: string, other: string): number => (one < other ? -1 : Number(one > other));

/** Licences that permit to ship a package with Drey. */
export const shippedLicenses: ReadonlySet<string> = new Set([
  '0BSD',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'BlueOak-1.0.0',
  'ISC',
  'MIT',
  'MIT-0',
  'PSF-2.0',
  'Unlicense',
]);
/** Licences of tools that build and test Drey, and are not shipped. */
export const toolLicenses: ReadonlySet<string> = new Set([
  ...shippedLicenses,
  'MPL-2.0',
  'Python-2.0',
  '(MIT OR CC0-1.0)',
]);

const introduction = `\
# Dependencies

This page lists the npm packages of Drey with their licences. For example, \`npm run --silent sbom\` prints all of them as a software bill of materials (CycloneDX).

| what | how it is checked |
| --- | --- |
| versions | \`package-lock.json\` has the version and the SHA-512 hash of each package, for every platform. \`npm ci\` installs no other. |
| licences | A test compares them with the lists in \`infra/generators/dependencies.ts\`. |
| install scripts | A test compares the packages that have one with \`allowScripts\` of \`package.json\`. \`node\` (installs Node 24) and \`esbuild\` (installs its binary) may run theirs. npm before 11 does not know this list. |
| known vulnerabilities | CI runs \`npm run audit\`. A package that is shipped and has a vulnerability of severity high or critical fails it. A registry without audits, such as many mirrors, is reported and does not fail it. |

The functions are bundles of packages that are shipped; the command line uses them, too. The Python packages of \`local/\` and \`test/\`, the Go modules of the local Kubernetes and Flink's jars run on the developer's machine only.
`;

const locked = listLocked();
const shipped = locked.filter((one) => one.shipped);
const tools = locked.filter((one) => !one.shipped);

const countLicenses = (found: typeof locked): string => {
  const counts = Map.groupBy(found, ({ license }) => license);
  return [...counts]
    .toSorted(([one], [other]) => compare(one, other))
    .map(([license, { length }]) => `| ${license} | ${length} |`)
    .join('\n');
};

export const dependenciesPage = `${introduction}
## Packages that are shipped

| package | version | licence |
| --- | --- | --- |
${shipped.map(({ name, version, license }) => `| \`${name}\` | ${version} | ${license} |`).join('\n')}

## Tools

| licence | packages |
| --- | --- |
${countLicenses(tools)}
`;

if (import.meta.main) writeFileSync(new URL('../../docs/dependencies.md', import.meta.url), dependenciesPage);
