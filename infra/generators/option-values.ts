/** Writes cli/options/flink-values.json: the values of Flink's options that completion offers. */
import { writeFileSync } from 'node:fs';

import { type OptionRow, readOptionRows } from '../flink-options/rows.ts';

interface OptionValues {
  /** The options that are true or false. */
  readonly booleans: readonly string[];
  /** The values of the other options that have a fixed set, in any version of Flink. */
  readonly enums: Readonly<Record<string, readonly string[]>>;
}

/** The keys of users, also deprecated ones. */
const listKeys = ({ key, fallbackKeys }: OptionRow): readonly string[] =>
  [key, ...fallbackKeys.map(([name]) => name)].filter((name) => !/^\$?internal\.|^yarn\.|</.test(name)).toSorted();

export const deriveOptionValues = (rows: readonly OptionRow[]): OptionValues => {
  const enums = new Map<string, Set<string>>();
  for (const row of rows)
    for (const key of row.values === undefined ? [] : listKeys(row))
      enums.set(key, new Set([...(enums.get(key) ?? []), ...(row.values ?? [])]));
  return {
    booleans: [...new Set(rows.filter(({ type }) => type === 'Boolean').flatMap(listKeys))].toSorted(),
    enums: Object.fromEntries([...enums].map(([key, values]) => [key, [...values]])),
  };
};

/** The text of flink-values.json. */
export const optionValuesFile = `${JSON.stringify(deriveOptionValues(readOptionRows()), undefined, 1)}\n`;

if (import.meta.main) writeFileSync('cli/options/flink-values.json', optionValuesFile);
