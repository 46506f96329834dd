import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const readProgram = (name: string): string => readFileSync(join(import.meta.dirname, 'kubernetes', name), 'utf8');

const table = readProgram('versions')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'))
  .map((line) => line.split(' '));

const patchReleases: Readonly<Record<string, string>> = Object.fromEntries(
  table.map(([line = '', release = '']) => [line, release]),
);

/** The lines of Flink of which the local system has images. */
export const lines: readonly string[] = Object.keys(patchReleases);

/** The line of Flink that the node has unless a start names others. The programs of `local/kubernetes` define it. */
export const defaultFlink: string = /^default_line=(\S+)/m.exec(readProgram('env'))?.[1] ?? '';

/** Whether the local system can build the image: a line of Flink, or a line with PyFlink, such as `2.2-python`. */
export const isFlinkImage = (name: string): boolean => lines.includes(name.replace(/-python$/, ''));

/** The patch release of an image, such as `2.2` or `2.2-python`. */
export const getPatchRelease = (name: string): string => {
  const line = name.replace(/-python$/, '');
  const release = patchReleases[line];
  if (release === undefined) throw new Error(`Flink ${line} is not one of ${lines.join(', ')}`);
  return release;
};
