import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';

import { Failure } from '#cli/api/failure.ts';
import type { Input } from '#cli/output/streams.ts';

/** Reads a YAML or JSON file; `-` reads stdin. @throws Failure when the file cannot be read or parsed. */
export const readDocument = async (file: string, stdin: Input): Promise<unknown> => {
  const { parse } = await import('yaml');
  return readText(file, { stdin, convert: parse }); // JSON is YAML
};

interface TextSource<T> {
  readonly stdin: Input;
  readonly convert: (content: string) => T;
}

/** Reads a file of UTF-8 text; `-` reads stdin. @throws Failure when the file cannot be read or converted. */
export const readText = async <T>(file: string, { stdin, convert }: TextSource<T>): Promise<T> => {
  try {
    return convert(file === '-' ? await text(stdin) : await readFile(file, 'utf8'));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT')
      throw new Failure(`File ${file} does not exist.`, { cause: error });
    throw new Failure(`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
};
