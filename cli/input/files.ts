import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';

import { Failure } from '#cli/api/failure.ts';
import { refusalOf } from '#cli/api/problem-failure.ts';

export const fileExists = async (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

/** @returns undefined when there is no such file. @throws Failure when it cannot be read. */
export const bytesOf = async (file: string): Promise<Buffer | undefined> => {
  try {
    return await readFile(file);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : undefined;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw new Failure(`${file} cannot be read (${code ?? String(error)}).`, { cause: error });
  }
};

/** As `bytesOf`. */
export const textOf = async (file: string): Promise<string | undefined> => (await bytesOf(file))?.toString('utf8');

/** Those of the files that are in the folder. */
export const textsIn = async <N extends string>(
  folder: string,
  names: readonly N[],
): Promise<Readonly<Partial<Record<N, string>>>> => {
  const texts = await Promise.all(names.map(async (name) => [name, await textOf(join(folder, name))] as const));
  const found: Partial<Record<N, string>> = {};
  for (const [name, text] of texts) if (text !== undefined) found[name] = text;
  return found;
};

/** What is in a file, or why that cannot be made out. */
export const read = async <T>(wrong: string, take: () => T): Promise<T> => {
  try {
    return take();
  } catch (error) {
    const { Fault } = await import('#events/problem.ts');
    if (error instanceof Fault) throw refusalOf(wrong, error);
    const [line = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
    throw new Failure(wrong, { lines: [line], cause: error });
  }
};
