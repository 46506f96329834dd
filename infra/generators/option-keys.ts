/** Writes shared/flink/option-names/keys.json: the part of infra/flink-options/options.json that the functions need. */
import { writeFileSync } from 'node:fs';

import { type OptionRow, readOptionRows } from '../flink-options/rows.ts';
import { type FlinkVersion, flinkVersions } from '#events/flink-version.ts';

/** Names of the options of several versions. Without `versions`, of all versions. */
interface OptionKeys {
  readonly versions?: readonly FlinkVersion[];
  /** The deprecated keys of each option, in the order in which Flink reads them. */
  readonly deprecated: Readonly<Record<string, readonly string[]>>;
  /** All keys, also deprecated ones. `*` at the end stands for any name. */
  readonly known: readonly string[];
}

/** Options of other resource managers, and options that Flink sets itself. */
const isForeign = (key: string): boolean => /^(yarn|flink\.yarn|flink\.hadoop|\$internal|internal)\./.test(key);

/** Each fact once, in the group of the versions for which it is true. */
export const deriveOptionKeys = (rows: readonly OptionRow[]): readonly OptionKeys[] => {
  const groups = new Map<string, { deprecated: Record<string, string[]>; known: string[] }>();
  const groupOf = (versions: readonly FlinkVersion[]) => {
    const group = groups.get(versions.join()) ?? { deprecated: {}, known: [] };
    groups.set(versions.join(), group);
    return group;
  };
  for (const [fact, versions] of collect((version) => listDeprecated(selectRows(rows, version)))) {
    const [key = '', ...deprecated] = fact.split(' ');
    groupOf(versions).deprecated[key] = deprecated;
  }
  for (const [key, versions] of collect((version) => listKnown(selectRows(rows, version))))
    groupOf(versions).known.push(key);
  return [...groups].map(([names, { deprecated, known }]) => {
    const versions = flinkVersions.filter((version) => names.split(',').includes(version));
    return {
      ...(versions.length === flinkVersions.length ? {} : { versions }),
      deprecated: Object.fromEntries(Object.entries(deprecated).toSorted(([one], [other]) => (one < other ? -1 : 1))),
      known: known.toSorted(),
    };
  });
};

const selectRows = (rows: readonly OptionRow[], version: FlinkVersion): readonly OptionRow[] =>
  rows.filter(({ key, versions }) => versions.includes(version) && !isForeign(key));

/** Each fact with the versions for which it is true. */
const collect = (
  listFacts: (version: FlinkVersion) => readonly string[],
): ReadonlyMap<string, readonly FlinkVersion[]> => {
  const found = new Map<string, FlinkVersion[]>();
  for (const version of flinkVersions)
    for (const fact of new Set(listFacts(version))) found.set(fact, [...(found.get(fact) ?? []), version]);
  return found;
};

/** `<key> <deprecated key> …` of each option with deprecated keys. */
const listDeprecated = (rows: readonly OptionRow[]): readonly string[] => {
  const live = rows.filter(({ obsolete }) => !obsolete);
  return live.flatMap(({ key, fallbackKeys }) => {
    const own = fallbackKeys.map(([name]) => name).filter((name) => findOwner(name, live) === key);
    return own.length === 0 ? [] : [[key, ...own].join(' ')];
  });
};

/**
 * The option that a deprecated key belongs to. A key that several options read belongs to the one that all others read as
 * well (`web.port` to `rest.port`, which `rest.bind-port` reads). There is none if the key is an option itself.
 */
const findOwner = (name: string, live: readonly OptionRow[]): string | undefined => {
  if (live.some(({ key }) => key === name)) return undefined;
  const readers = live.filter((row) => reads(row, name));
  const owners = readers.filter(({ key }) => readers.every((row) => row.key === key || reads(row, key)));
  return owners.length === 1 ? owners[0]?.key : undefined;
};

const reads = ({ fallbackKeys }: OptionRow, name: string): boolean => fallbackKeys.some(([key]) => key === name);

const listKnown = (rows: readonly OptionRow[]): readonly string[] =>
  rows.flatMap(({ key, type, fallbackKeys }) => [
    key.replace(/<.*/, '*').replace(/\.$/, '.*'),
    ...(type === 'Map' && !key.includes('<') ? [`${key}.*`] : []),
    ...(key.includes('<') ? [] : fallbackKeys.map(([name]) => name)),
  ]);

/** The text of keys.json. */
export const optionKeysFile = `${JSON.stringify(deriveOptionKeys(readOptionRows()), undefined, 1)}\n`;

if (import.meta.main) writeFileSync('shared/flink/option-names/keys.json', optionKeysFile);
