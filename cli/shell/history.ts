import { appendFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

const kept = 500;

/** What was typed into session shells, in the state folder of the user. @see XDG Base Directory Specification */
export const historyFileOf = ({
  XDG_STATE_HOME: state,
  HOME: home,
}: Readonly<Record<string, string | undefined>>): string | undefined => {
  const folder = state || (home ? join(home, '.local', 'state') : undefined);
  return folder === undefined ? undefined : join(folder, 'drey', 'history');
};

/** Newest first. Nothing where it cannot be read: a shell works without. */
export const readHistory = async (file: string | undefined): Promise<readonly string[]> => {
  if (file === undefined) return [];
  const lines = (await readFile(file, 'utf8').catch(() => '')).split('\n').filter((line) => line !== '');
  if (lines.length > 2 * kept)
    await writeFile(file, `${lines.slice(-kept).join('\n')}\n`, { mode: 0o600 }).catch(() => {}); // it is long, and still right
  return lines.slice(-kept).toReversed();
};

/** Several shells may write at once: each adds its own lines. */
export const remember = async (line: string, file: string | undefined): Promise<void> => {
  if (file === undefined || line.trim() === '') return;
  try {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    await appendFile(file, `${line}\n`, { mode: 0o600 });
  } catch {
    // A folder that cannot be written is no reason to bother who types.
  }
};
