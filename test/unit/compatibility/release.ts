import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';

/** The checksums of the fixtures of a version. The file exists when the version is released. */
const fileName = 'released.json';

const sum = (folder: URL, name: string): string =>
  createHash('sha256')
    .update(readFileSync(new URL(name, folder)))
    .digest('hex');

const sumAll = (folder: URL): Readonly<Record<string, string>> =>
  Object.fromEntries(
    readdirSync(folder)
      .filter((name) => name !== fileName)
      .toSorted()
      .map((name) => [name, sum(folder, name)]),
  );

/** Whether the version of a folder of fixtures is released. `folder` ends with a slash. */
export const isReleased = (folder: URL): boolean => existsSync(new URL(fileName, folder));

/** @throws Error when the version is released: other functions already handle what it wrote. */
export const assertUnreleased = (folder: URL): void => {
  if (isReleased(folder))
    throw new Error(
      `The version of ${folder.pathname} is released, so its fixtures must not change. Increase the version in package.json, and write the fixtures of the new version.`,
    );
};

/** Marks the version as released: from now on, its fixtures must not change. */
export const writeRelease = (folder: URL): void => {
  assertUnreleased(folder);
  writeFileSync(new URL(fileName, folder), `${JSON.stringify(sumAll(folder), undefined, 2)}\n`);
};

/** The fixtures of a released version that are changed, added or removed since its release. */
export const listChanged = (folder: URL): readonly string[] => {
  const now = sumAll(folder);
  const then = JSON.parse(readFileSync(new URL(fileName, folder), 'utf8')) as typeof now;
  return [...new Set([...Object.keys(now), ...Object.keys(then)])].filter((name) => now[name] !== then[name]);
};
