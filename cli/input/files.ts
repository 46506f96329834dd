import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { Failure } from '#cli/api/failure.ts';
import { faultToFailure } from '#cli/api/problem-failure.ts';

/** A file of this machine, and what names it: an option, a variable or an operand. */
export interface NamedFile {
  readonly file: string;
  readonly option: string;
}

export const fileExists = async (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

/** @throws Failure when the file does not exist or cannot be read. */
export const readBytes = async (named: NamedFile): Promise<Buffer> => {
  assertFileName(named);
  return readFile(named.file).catch((error: unknown) => {
    throw toFileFailure(named, error);
  });
};

/** As `readBytes`. */
export const readText = async (named: NamedFile): Promise<string> => (await readBytes(named)).toString('utf8');

/** @throws Failure for an empty name, which would be that of the current folder. */
export const assertFileName = ({ file, option }: NamedFile): void => {
  if (file.trim() === '') throw new Failure(`${option} has no file name. Name a file.`);
};

/** The path of a `file:` URI. Another text is a path. @throws Failure for a URI of another machine. */
export const toLocalPath = ({ file, option }: NamedFile): string => {
  if (!/^file:/i.test(file)) return file;
  try {
    return fileURLToPath(file);
  } catch (error) {
    throw new Failure(`${file} of ${option} is not a file of this machine. Write its path, or file:///path.`, {
      cause: error,
    });
  }
};

/** The failure to read a file, with what the user does about it. */
export const toFileFailure = ({ file, option }: NamedFile, error: unknown): Failure => {
  const code = errorCode(error) ?? String(error);
  if (isMissing(error))
    return new Failure(`File ${file} of ${option} does not exist. Check the path.`, { cause: error });
  if (code === 'EISDIR') return new Failure(`${file} of ${option} is a folder. Name a file.`, { cause: error });
  return new Failure(`File ${file} of ${option} cannot be read (${code}). Check the file and its permissions.`, {
    cause: error,
  });
};

const errorCode = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error ? String(error.code) : undefined;

export const isMissing = (error: unknown): boolean => ['ENOENT', 'ENOTDIR'].includes(errorCode(error) ?? '');

/** The texts of the files that exist in the folder. @throws Failure for a file that cannot be read. */
export const readTexts = async <N extends string>(
  { file: folder, option }: NamedFile,
  names: readonly N[],
): Promise<Readonly<Partial<Record<N, string>>>> => {
  const read = async (name: N) => {
    const file = join(folder, name);
    const text = await readFile(file, 'utf8').catch((error: unknown) => {
      if (isMissing(error)) return undefined;
      throw toFileFailure({ file, option }, error);
    });
    return [name, text] as const;
  };
  const found: Partial<Record<N, string>> = {};
  for (const [name, text] of await Promise.all(names.map(read))) if (text !== undefined) found[name] = text;
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
