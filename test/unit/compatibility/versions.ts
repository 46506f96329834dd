import { readdirSync, readFileSync } from 'node:fs';

import type { Fixtures } from './fixtures.ts';

const here = new URL('./', import.meta.url);

const read = (version: string, name: keyof Fixtures) =>
  JSON.parse(readFileSync(new URL(`${version}/${name}.json`, here), 'utf8'));

/** The versions that this version has to understand, with their fixtures. */
export const versions: readonly (readonly [version: string, fixtures: Fixtures])[] = readdirSync(here)
  .filter((name) => /^\d/.test(name))
  .toSorted((one, other) => one.localeCompare(other, 'en', { numeric: true }))
  .map((version) => [
    version,
    { steps: read(version, 'steps'), messages: read(version, 'messages'), records: read(version, 'records') },
  ]);

/** The fixtures of the newest version. A step that an older version does not have is not among its fixtures. */
export const newest: Fixtures = versions.at(-1)?.[1] ?? { steps: {}, messages: {}, records: {} };

/** A member that no version has yet. */
export const unknownMember = 'fromLaterVersion';

/** Members whose own members are names that a caller chose. */
const maps: ReadonlySet<string> = new Set(['config', 'defaults', 'labels', 'parameters', 'shares', 'jobs']);

type Json = Readonly<Record<string, unknown>>;
const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The value with an unknown member in every object. */
export const withUnknownMembers = <T>(value: T): T => listVariants(value, { all: true })[0] ?? value;

/** The value with an unknown member in one object, once for each object in it. */
export const listWithUnknownMember = <T>(value: T): readonly T[] => listVariants(value, { all: false });

const listVariants = <T>(value: T, { all }: { readonly all: boolean }): readonly T[] => {
  const paths = listObjects(value, []);
  const variants = all ? [paths] : paths.map((path) => [path]);
  return variants.map((selected) => {
    const copy = structuredClone(value);
    for (const path of selected) {
      const object = path.reduce<unknown>((inner, name) => (inner as Json)[name], copy);
      Object.assign(object as object, { [unknownMember]: 'x' });
    }
    return copy;
  });
};

const listObjects = (value: unknown, path: readonly string[]): readonly (readonly string[])[] => {
  const isMap = maps.has(path.at(-1) ?? '');
  const inner =
    typeof value === 'object' && value !== null && !isMap
      ? Object.entries(value).flatMap(([name, member]) => listObjects(member, [...path, name]))
      : [];
  return isObject(value) && !isMap ? [path, ...inner] : inner;
};
