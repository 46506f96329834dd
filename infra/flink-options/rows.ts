import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import * as z from 'zod';

import { type FlinkVersion, flinkVersions } from '#events/flink-version.ts';

/** An option of one release, as ListOptions.java prints it. */
export const ListedOption = z.strictObject({
  key: z.string().min(1),
  type: z.string().min(1),
  /** The names of an enum. */
  values: z.array(z.string()).optional(),
  default: z.string().optional(),
  /** Other keys that Flink reads when the key is not set, in this order. `true`: the key is deprecated. */
  fallbackKeys: z.array(z.tuple([z.string().min(1), z.boolean()])).default([]),
  /** The option itself is deprecated in Flink's code. */
  obsolete: z.boolean().default(false),
  description: z.string().default(''),
});
export type ListedOption = z.output<typeof ListedOption>;

/** An option of several releases in which nothing but its description differs. */
export const OptionRow = ListedOption.extend({
  versions: z
    .array(z.enum(flinkVersions))
    .min(1)
    .default([...flinkVersions]),
});
export type OptionRow = z.output<typeof OptionRow>;

/** The committed options. */
export const readOptionRows = (): readonly OptionRow[] =>
  z
    .strictObject({ source: z.string(), options: z.array(OptionRow) })
    .parse(JSON.parse(readFileSync(join(import.meta.dirname, 'options.json'), 'utf8'))).options;

/** Joins the options of all releases. The description is the first sentence of that in the newest release. */
export const joinReleases = (releases: ReadonlyMap<FlinkVersion, readonly ListedOption[]>): readonly OptionRow[] => {
  const rows = new Map<string, OptionRow>();
  for (const [version, options] of releases)
    for (const { description, ...facts } of joinDefinitions(options)) {
      const id = JSON.stringify(facts);
      const versions = [...(rows.get(id)?.versions ?? []), version];
      rows.set(id, { ...facts, description: takeFirstSentence(description), versions });
    }
  return [...rows.values()].toSorted(
    (one, other) => compare(one.key, other.key) || compare(one.versions.join(), other.versions.join()),
  );
};

const compare = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0);

/** Flink defines some options twice. The definition that is not deprecated counts. */
const joinDefinitions = (options: readonly ListedOption[]): readonly ListedOption[] => {
  const byKey = new Map<string, ListedOption>();
  for (const option of options) {
    const other = byKey.get(option.key);
    if (other === undefined || rank(option) < rank(other)) byKey.set(option.key, option);
  }
  return [...byKey.values()];
};

/** The definition with a default and fallback keys is the one that Flink reads. */
const rank = ({ obsolete, fallbackKeys, default: standard }: ListedOption): number =>
  (obsolete ? 4 : 0) + (fallbackKeys.length === 0 ? 2 : 0) + (standard === undefined ? 1 : 0);

const takeFirstSentence = (text: string): string => /^.*?[.!?](?= [A-Z])/.exec(text)?.[0] ?? text;
