import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';

import { Failure } from '#cli/api/failure.ts';
import type { Input } from '#cli/output/streams.ts';

/** What a file holds, in YAML or JSON; `-` is the standard input. @throws Failure when it cannot be read. */
export const documentOf = async (file: string, stdin: Input): Promise<unknown> => {
  const { parse } = await import('yaml');
  try {
    return parse(file === '-' ? await text(stdin) : await readFile(file, 'utf8')); // JSON is YAML
  } catch (error) {
    throw new Failure(`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
};
