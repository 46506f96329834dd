import { appendFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

const maxLines = 500;

/** The file with the lines of session shells, in the state folder of the user. @see XDG Base Directory Specification */
export const historyFilePath = ({
  XDG_STATE_HOME: state,
  HOME: home,
}: Readonly<Record<string, string | undefined>>): string | undefined => {
  const folder = state || (home ? join(home, '.local', 'state') : undefined);
  return folder === undefined ? undefined : join(folder, 'drey', 'history');
};

/** The lines, newest first. Empty when the file cannot be read: the shell works without a history. */
export const readHistory = async (file: string | undefined): Promise<readonly string[]> => {
  if (file === undefined) return [];
  const lines = (await readFile(file, 'utf8').catch(() => '')).split('\n').filter((line) => line !== '');
  if (lines.length > 2 * maxLines)
    await writeFile(file, `${lines.slice(-maxLines).join('\n')}\n`, { mode: 0o600 }).catch(() => {}); // a long history does no harm
  return lines.slice(-maxLines).toReversed();
};

/** Appends, because several shells may write at the same time. */
export const appendHistory = async (line: string, file: string | undefined): Promise<void> => {
  if (file === undefined || line.trim() === '') return;
  try {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    await appendFile(file, `${line}\n`, { mode: 0o600 });
  } catch {
    // The shell works without a history, so a folder without write permission is not reported.
  }
};
