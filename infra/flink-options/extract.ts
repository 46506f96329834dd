/**
 * Writes options.json: every option of Flink, from the jars of each supported release.
 *
 * `npm run extract:options` runs it. Run it after a change of the releases. It needs Java 17 or later and Python, whose pip
 * downloads 1 GB on the first run. The file is committed. `npm run generate` derives what the functions need from it.
 */
import { execFileSync } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { flinkVersions } from '#events/flink-version.ts';

import { patchReleases } from '#shared/flink/version.ts';
import { joinReleases, ListedOption, type OptionRow } from './rows.ts';

const listOptions = join(import.meta.dirname, 'ListOptions.java');

/** The options of the given jars of one release. */
export const readOptions = (jars: readonly string[]): readonly ListedOption[] =>
  execFileSync('java', [listOptions, ...jars], { encoding: 'utf8', maxBuffer: 2 ** 27, stdio: 'pipe' })
    .trim()
    .split('\n')
    .map((line) => ListedOption.parse(JSON.parse(line)));

/** The jars of a Flink home folder that have options. The S3 file system is that of another release. */
export const listJars = (home: string): readonly string[] =>
  ['lib', 'opt'].flatMap((folder) =>
    readdirSync(join(home, folder))
      .filter((name) => name.startsWith('flink-') && !name.startsWith('flink-s3-fs-'))
      .toSorted()
      .map((name) => join(home, folder, name)),
  );

const flinkJars = join(import.meta.dirname, '../../local/kubernetes/flink-jars');

/** Fetches the jars of a release into the cache, unless they are there. Returns the Flink home folder that has them. */
export const fetchFlink = (release: string): string => execFileSync(flinkJars, [release], { encoding: 'utf8' }).trim();

/** The text of options.json, one row a line. */
export const formatRows = (rows: readonly OptionRow[]): string =>
  `{"source":"Apache Flink ${Object.values(patchReleases).join(', ')}, Apache License 2.0","options":[\n${rows
    .map((row) => JSON.stringify(omitDefaults(row)))
    .join(',\n')}\n]}\n`;

/** The members that differ from what a row means without them. */
const omitDefaults = ({ fallbackKeys, obsolete, description, versions, ...row }: OptionRow) => ({
  ...row,
  ...(fallbackKeys.length === 0 ? {} : { fallbackKeys }),
  ...(obsolete ? { obsolete } : {}),
  ...(description === '' ? {} : { description }),
  ...(versions.length === flinkVersions.length ? {} : { versions }),
});

if (import.meta.main) {
  const releases = flinkVersions.map(
    (version) => [version, readOptions(listJars(fetchFlink(patchReleases[version])))] as const,
  );
  writeFileSync(join(import.meta.dirname, 'options.json'), formatRows(joinReleases(new Map(releases))));
}
