import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

const stdoutOf = (name: string) => readFile(join(import.meta.dirname, 'golden', `${name}.txt`), 'utf8');

/** The lines that Flink 2.2's own client printed, without those of its log. */
export const golden = async (name: string): Promise<readonly string[]> =>
  (await stdoutOf(name)).split('\n').filter((line) => line !== '' && !/ (INFO|WARN) /.test(line));

/** What Flink's own client told in its log of the cluster. */
export const goldenMessage = async (name: string): Promise<string | undefined> =>
  / - ((?:Create|Retrieve) flink .*)/.exec(await stdoutOf(name))?.[1];
