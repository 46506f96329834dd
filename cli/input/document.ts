import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';

import { Failure } from '#cli/api/failure.ts';
import type { Input } from '#cli/output/streams.ts';

/** Reads a YAML or JSON file; `-` reads stdin. @throws Failure when the file cannot be read or parsed. */
export const readDocument = async (file: string, stdin: Input): Promise<unknown> => {
  const { parse } = await import('yaml');
  try {
    return parse(file === '-' ? await text(stdin) : await readFile(file, 'utf8')); // JSON is YAML
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT')
      throw new Failure(`File ${file} does not exist.`, { cause: error });
    throw new Failure(`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
};
