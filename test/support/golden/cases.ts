import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import type { FlinkVersion } from '#events/flink-version.ts';

/** The folder of all cases. Commands call it `/golden`. */
export const goldenFolder = fileURLToPath(new URL('../../golden', import.meta.url));

/** The lines of Flink whose client was recorded. */
export const recordedVersions = ['2.2', '2.3'] as const satisfies readonly FlinkVersion[];

/** A command line of Flink's client, and what the client did. */
export interface GoldenCase {
  /** The version and the name of the case: `2.3/session-default`. */
  readonly path: string;
  readonly name: string;
  readonly version: (typeof recordedVersions)[number];
  readonly command: string;
  /** The words of the command line, as a shell reads them. */
  readonly words: readonly string[];
  readonly configurationFolder: string;
  readonly hadoopFolder: string | undefined;
}

export const readGolden = (path: string): string => readFileSync(join(goldenFolder, path), 'utf8');

/** The words of a command line with single and double quotes. */
export const splitWords = (line: string): readonly string[] =>
  [...line.matchAll(/(?:[^\s'"]|'[^']*'|"[^"]*")+/g)].map(([word]) => word.replaceAll(/'([^']*)'|"([^"]*)"/g, '$1$2'));

const readCase = (version: GoldenCase['version'], name: string): GoldenCase => {
  const path = `${version}/${name}`;
  const text = readGolden(`${path}/command`);
  const [command = ''] = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return {
    path,
    name,
    version,
    command,
    words: splitWords(command),
    configurationFolder: join(goldenFolder, text.includes('FLINK_CONF_DIR') ? 'conf-bare' : 'conf'),
    hadoopFolder: text.includes('HADOOP_CONF_DIR') ? join(goldenFolder, 'hadoop-conf') : undefined,
  };
};

export const goldenCases: readonly GoldenCase[] = recordedVersions.flatMap((version) =>
  readdirSync(join(goldenFolder, version))
    .filter((name) => existsSync(join(goldenFolder, version, name, 'command')))
    .map((name) => readCase(version, name)),
);

/** Quotes a word for a shell and for `splitWords`. A single quote is written in double quotes. */
export const quoteWord = (word: string): string =>
  /^[\w./:=,;@%+-]+$/.test(word) && !word.includes(';')
    ? word
    : word
        .split(/('+)/)
        .filter((part) => part !== '')
        .map((part) => (part.startsWith("'") ? `"${part}"` : `'${part}'`))
        .join('') || "''";
