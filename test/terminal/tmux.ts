import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);
export const bin = join(import.meta.dirname, '../../cli/bin.js');

export type Environment = Readonly<Record<string, string>>;

/** A real terminal that takes keys and shows a screen. */
export interface Terminal extends AsyncDisposable {
  /** Types text, as it is. */
  readonly type: (text: string) => Promise<void>;
  /** Presses keys by tmux's names: Enter, Tab, Up, C-c. */
  readonly press: (...keys: readonly string[]) => Promise<void>;
  /** What was shown from the beginning on, without colours. */
  readonly screen: () => Promise<string>;
  /** What is shown now, with its escape sequences. */
  readonly painted: () => Promise<string>;
  /** The screen once it shows that. @throws Error with the screen, when it does not in time. */
  readonly until: (wanted: string | RegExp) => Promise<string>;
  /** The same, and repeats a key in the meantime: its request may have timed out on a busy machine. */
  readonly pressUntil: (key: string, wanted: string | RegExp, everyMs?: number) => Promise<string>;
}

const quote = (text: string) => `'${text.replaceAll("'", String.raw`'\''`)}'`;

/** A shell command in a terminal of its own, which tells its exit code behind it. */
export const openTerminal = async (
  command: string,
  env: Environment,
  { patienceMs = 60_000 }: { readonly patienceMs?: number } = {},
): Promise<Terminal> => {
  const folder = await mkdtemp(join(tmpdir(), 'drey-terminal-'));
  const tmux = async (...args: readonly string[]) =>
    (await run('tmux', ['-S', join(folder, 'socket'), ...args])).stdout;
  const variables = Object.entries(env).map(([name, value]) => quote(`${name}=${value}`));
  const line = `env -i ${variables.join(' ')} bash --norc -c ${quote(`${command}; echo "[exit code $?]"; sleep 600`)}`;
  await tmux('-f', '/dev/null', 'new-session', '-d', '-x', '120', '-y', '40', line);
  const screen = async () => (await tmux('capture-pane', '-p', '-J', '-S', '-')).replace(/\n+$/, '\n');
  const has = (shown: string, wanted: string | RegExp) =>
    typeof wanted === 'string' ? shown.includes(wanted) : wanted.test(shown);
  const until = async (wanted: string | RegExp, repeat = async () => {}) => {
    for (const began = Date.now(); ;) {
      const shown = await screen();
      if (has(shown, wanted)) return shown;
      if (Date.now() - began > patienceMs)
        throw new Error(`the terminal does not show ${String(wanted)}, but:\n${shown}`);
      await repeat();
      await sleep(50);
    }
  };
  return {
    type: async (text) => void (await tmux('send-keys', '-l', '--', text)),
    press: async (...keys) => void (await tmux('send-keys', ...keys)),
    screen,
    painted: () => tmux('capture-pane', '-p', '-e'),
    until: (wanted) => until(wanted),
    // Longer than what a key asks for may take: pressed before, Tab means something else the second time.
    pressUntil: (key, wanted, everyMs = 5_000) => {
      let pressedAt = 0;
      return until(wanted, async () => {
        if (Date.now() - pressedAt < everyMs) return;
        pressedAt = Date.now();
        await tmux('send-keys', key);
      });
    },
    [Symbol.asyncDispose]: async () => {
      await tmux('kill-server').catch(() => {}); // it ended with its command
      await rm(folder, { recursive: true });
    },
  };
};

/** What a user's environment has, with a home that is new. */
export const environmentOf = (home: string, more: Environment = {}): Environment => ({
  HOME: home,
  PATH: [dirname(process.execPath), join(home, 'bin'), '/usr/bin', '/bin'].join(delimiter),
  TERM: 'screen-256color',
  LANG: 'C.UTF-8',
  TZ: 'UTC',
  AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
  AWS_SECRET_ACCESS_KEY: 'secret',
  AWS_REGION: 'eu-central-1',
  ...more,
});

/** `drey` with these words. */
export const dreyLine = (...words: readonly string[]): string => [process.execPath, bin, ...words].map(quote).join(' ');
