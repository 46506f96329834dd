import type { SqlProgram } from '#events/programs/sql.ts';
import { type Config, toText } from '#shared/flink/config.ts';
import { readOption } from '#shared/flink/options.ts';
import { readScriptSettings } from '#shared/flink/program/sql-settings.ts';
import { listLiterals, splitStatements, type Statement } from '#shared/flink/program/sql-statements.ts';
import { describeUri, schemeOf } from '#shared/flink/program/uri.ts';

import { coversOption } from './option-names.ts';
import type { Setting } from './settings/settings.ts';

/** A place from which a cluster or a job would load a program. */
interface Source {
  readonly uri: string;
  /** What names it: an option, or the script. */
  readonly from: { readonly option: string } | { readonly script: 'script' | 'scriptUri'; readonly line?: number };
}

export interface JarViolation extends Source {
  readonly detail: string;
}

interface JarContext {
  readonly jars: readonly string[];
  readonly sql: SqlProgram | undefined;
}

/** The programs, libraries and scripts that options and a SQL script load from a place that the policy does not allow. */
export const findJarViolations = (config: Config, { jars, sql }: JarContext): readonly JarViolation[] =>
  jars.includes('*')
    ? []
    : listSources(config, sql)
        .filter(({ uri }) => !isAllowedSource(uri, jars))
        .map((source) => ({
          ...source,
          detail: `${describeUri(source.uri)} is not an allowed source of programs. Use ${['local:// (a file of the image)', ...jars].join(', ')}.`,
        }));

/** Options that name the server of a file system, or a proxy in front of it. */
const serverOption = /^(fs|s3|s3a|s3p|presto|gs|oss|azure|hadoop)\.(.*[.-])?(endpoint|proxy|hadoopconf|hadoopconfig)\b/;
const headersOption = 'user.artifacts.http-headers';

interface Download {
  readonly setting: Setting;
  readonly detail: string;
}

/** Settings of a command that lead a download to another server than the one that the policy allows. */
export const findDownloadViolations = (
  settings: readonly Setting[],
  config: Config,
  { jars, sql }: JarContext,
): readonly Download[] => {
  if (jars.includes('*')) return [];
  const usesFileSystem = listSources(config, sql).some(({ uri }) => !isLocalFile(uri) && !/^https?:/i.test(uri));
  return settings.flatMap((setting): readonly Download[] => {
    const { options, field, name } = setting;
    if (options.some((option) => coversOption(headersOption, option)))
      return [
        { setting, detail: `${name} would send headers also to hosts to which an allowed host redirects. Remove it.` },
      ];
    const leadsAway = field === 'hadoop' || options.some((option) => serverOption.test(option.toLowerCase()));
    return usesFileSystem && leadsAway
      ? [{ setting, detail: `${name} could lead the download of a program to another server. Remove it.` }]
      : [];
  });
};

const listOptions = ['pipeline.jars', 'pipeline.classpaths', 'user.artifacts.artifact-list'] as const;
/** Lists of Python that are separated by commas. Text after `#` is a name or another path. */
const pythonOptions = [
  'python.files',
  'python.archives',
  'python.requirements',
  'python.executable',
  'python.client.executable',
];

/** Every place from which the options and the script would load something. */
export const listSources = (config: Config, sql: SqlProgram | undefined): readonly Source[] =>
  [...listOptionSources(config), ...listScriptSources(sql)].map((source) => ({ ...source, uri: trimUri(source.uri) }));

/**
 * The addresses at `https://` from which the JobManager of an application downloads its jars and its script before the program
 * starts. None when it sends headers of its own: a request without them may have another answer.
 */
export const listWebAddresses = (config: Config, sql: SqlProgram | undefined): readonly string[] => {
  if (Object.keys(config).some((option) => coversOption(headersOption, option))) return [];
  const found = listSources(config, sql).filter(({ uri, from }) => schemeOf(uri) === 'https' && isDownloaded(from));
  return [...new Set(found.map(({ uri }) => uri))];
};

/** The other options name places that Flink reads later, or not at all. */
const isDownloaded = (from: Source['from']): boolean =>
  'option' in from
    ? ['pipeline.jars', 'user.artifacts.artifact-list'].includes(from.option)
    : from.script === 'scriptUri';

/** Java's `URL` leaves out these characters at both ends. */
const trimUri = (uri: string): string => {
  const isIgnored = (index: number) => (uri.codePointAt(index) ?? Infinity) <= 0x20;
  let [start, end] = [0, uri.length];
  while (start < end && isIgnored(start)) start += 1;
  while (end > start && isIgnored(end - 1)) end -= 1;
  return uri.slice(start, end);
};

const listOptionSources = (config: Config): readonly Source[] => [
  ...listOptions.flatMap((option) => readOption(config, option).map((uri) => ({ uri, from: { option } }))),
  ...pythonOptions.flatMap((option) =>
    toText(config[option] ?? '')
      .split(/[,#]/)
      .filter((uri) => uri !== '')
      .map((uri) => ({ uri, from: { option } })),
  ),
  // Flink resolves a path without a scheme against it.
  ...['fs.default-scheme', 'fs.defaultFS'].flatMap((option) => {
    const uri = toText(config[option] ?? '');
    return uri === '' || /^file:\/*$/i.test(uri) ? [] : [{ uri, from: { option } }];
  }),
];

/** Words of statements that a text literal with a URI follows. */
const sourceWord = /\b(?:JAR|FILE|ARCHIVE|ARTIFACT|PLAN)S?\s*$/;

/** The literals of a statement that follow such a word, or another one of them. */
const listStatementSources = (statement: Statement): readonly string[] => {
  const found: string[] = [];
  let isSource = false;
  for (const { text, words } of listLiterals(statement)) {
    isSource = sourceWord.test(words) || (isSource && ['', ','].includes(words.trim()));
    if (isSource) found.push(text);
  }
  return found;
};

const listScriptSources = (sql: SqlProgram | undefined): readonly Source[] => {
  if (sql === undefined) return [];
  if (sql.scriptUri !== undefined) return [{ uri: sql.scriptUri, from: { script: 'scriptUri' } }];
  const ofSettings = readScriptSettings(sql).flatMap(({ key, value, line }) =>
    listOptionSources({ [key]: value }).map(({ uri }) => ({ uri, line })),
  );
  const ofStatements = splitStatements(sql.script ?? '').statements.flatMap((statement) =>
    /\b(JAR|FILE|ARCHIVE|ARTIFACT|PLAN)S?\b/.test(statement.words)
      ? listStatementSources(statement).map((uri) => ({ uri, line: statement.line }))
      : [],
  );
  return [...ofSettings, ...ofStatements].map(({ uri, line }) => ({ uri, from: { script: 'script' as const, line } }));
};

/** The schemes of one file system. */
const aliases: Readonly<Record<string, string>> = { s3a: 's3', s3p: 's3', s3n: 's3' };

interface Parts {
  readonly scheme: string;
  readonly authority: string;
  readonly path: string;
}

const parseUri = (uri: string): Parts | undefined => {
  const [, scheme = '', authority = '', path = ''] = /^([a-z][a-z0-9+.-]*):\/\/([^/?#]*)([^?#]*)/i.exec(uri) ?? [];
  const name = scheme.toLowerCase();
  const host = authority.toLowerCase();
  return scheme === ''
    ? undefined
    : {
        scheme: aliases[name] ?? name,
        authority:
          name === 'https' ? host.replace(/:443$/, '') : name === 'http' ? host.replace(/:80$/, '') : authority,
        path,
      };
};

/** A file of the image: a path, `local:` or `file:` without a host. Java fetches `file://host/` by FTP. */
const isLocalFile = (uri: string): boolean => {
  const scheme = schemeOf(uri);
  if (scheme === undefined) return !uri.startsWith('//');
  return (
    (scheme === 'local' || scheme === 'file') && /^[a-z]+:(?:\/\/(?:localhost)?\/(?!\/)|\/(?!\/)|[^/]|$)/i.test(uri)
  );
};

/** Parts that a server or Flink would resolve, so that a path below the allowed one leads out of it. */
const leadsOut = ({ path }: Parts): boolean => /(^|\/)\.{1,2}(\/|$)|%2e|%2f|%5c|\\/i.test(path);

export const isAllowedSource = (uri: string, jars: readonly string[]): boolean => {
  if (isLocalFile(uri)) return true;
  const parts = parseUri(uri);
  if (parts === undefined || leadsOut(parts) || /[\s\\]/.test(uri)) return false;
  return jars.some((source) => {
    const allowed = parseUri(source);
    return (
      allowed !== undefined &&
      allowed.scheme === parts.scheme &&
      matchesAuthority(parts.authority, allowed.authority) &&
      parts.path.startsWith(allowed.path)
    );
  });
};

const matchesAuthority = (authority: string, allowed: string): boolean =>
  allowed.startsWith('*.')
    ? authority.endsWith(allowed.slice(1)) && /^[a-z0-9.-]+$/.test(authority.slice(0, -allowed.length + 1))
    : authority === allowed;
