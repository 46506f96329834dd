import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';

import { Failure } from '#cli/api/failure.ts';
import { faultToFailure } from '#cli/api/problem-failure.ts';

export const fileExists = async (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

/** The content of a file; undefined when it does not exist. @throws Failure when it cannot be read. */
export const readBytes = async (file: string): Promise<Buffer | undefined> => {
  try {
    return await readFile(file);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : undefined;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw new Failure(`${file} cannot be read (${code ?? String(error)}).`, { cause: error });
  }
};

/** As `readBytes`. */
export const readText = async (file: string): Promise<string | undefined> => (await readBytes(file))?.toString('utf8');

/** The texts of the files that exist in the folder. */
export const readTexts = async <N extends string>(
  folder: string,
  names: readonly N[],
): Promise<Readonly<Partial<Record<N, string>>>> => {
  const texts = await Promise.all(names.map(async (name) => [name, await readText(join(folder, name))] as const));
  const found: Partial<Record<N, string>> = {};
  for (const [name, text] of texts) if (text !== undefined) found[name] = text;
  return found;
};

/** Parses the content of a file. @throws Failure with this headline when the content is invalid. */
export const parseContent = async <T>(headline: string, parse: () => T): Promise<T> => {
  try {
    return parse();
  } catch (error) {
    const { Fault } = await import('#events/problems/problem.ts');
    if (error instanceof Fault) throw faultToFailure(headline, error);
    const [line = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
    throw new Failure(headline, { lines: [line], cause: error });
  }
};
