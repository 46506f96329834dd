import { spawn } from 'node:child_process';
import {
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';

import * as z from 'zod';

const BackgroundProcess = z.object({
  name: z.string(),
  pid: z.number(),
  /** In clock ticks since the machine started. Linux reuses process ids, so the id alone does not identify a process. */
  started: z.string(),
  since: z.string(),
  address: z.string(),
  log: z.string(),
});

/** A background process of the local system. */
export type BackgroundProcess = z.infer<typeof BackgroundProcess>;

export interface Program {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  /** Where the program listens or writes; `npm run status` shows it. */
  readonly address: string;
}

interface Folders {
  readonly pids: string;
  readonly logs: string;
}

const pidFile = ({ pids }: Pick<Folders, 'pids'>, name: string) => join(pids, `${name}.json`);

/** Starts a program that keeps running after this process exits, with a log and a pid file. */
export const launch = async (program: Program, folders: Folders): Promise<BackgroundProcess> => {
  for (const folder of [folders.pids, folders.logs]) mkdirSync(folder, { recursive: true });
  const log = join(folders.logs, program.name);
  const output = openSync(log, 'w');
  const child = spawn(program.command, program.args, {
    detached: true,
    env: program.env,
    stdio: ['ignore', output, output],
  });
  closeSync(output);
  await new Promise((done, fail) => child.once('spawn', done).once('error', fail));
  child.unref();
  const pid = child.pid ?? 0;
  const state = readProcessState(pid);
  if (state === undefined) throw new Error(`${program.name} exited immediately after its start. See ${log}`);
  const launched = {
    name: program.name,
    pid,
    started: state.started,
    since: new Date().toISOString(),
    address: program.address,
    log,
  };
  writeFileSync(pidFile(folders, program.name), JSON.stringify(launched));
  return launched;
};

/** A server of this project: a script that Node runs with the path of its configuration, and that logs when it listens. */
interface ServerScript {
  readonly name: string;
  /** The name of the server in messages: `EKS endpoint`. */
  readonly title: string;
  readonly script: string;
  /** The configuration of the server, which may hold secrets. */
  readonly config: { readonly path: string; readonly value: unknown };
  readonly address: string;
}

/** Starts a server of this project in the background, and waits until it listens. */
export const launchServer = async (
  { name, title, script, config, address }: ServerScript,
  folders: Folders,
): Promise<BackgroundProcess> => {
  writeFileSync(config.path, JSON.stringify(config.value), { mode: 0o600 });
  // A kubeconfig may name a program that gets credentials from the caller's environment.
  const program = { name, command: process.execPath, args: [script, config.path], env: process.env, address };
  const launched = await launch(program, folders);
  const listening = async () => (readFileSync(launched.log, 'utf8').includes('listening') ? true : undefined);
  await waitFor(title, listening, { seconds: 15, log: launched.log });
  return launched;
};

/** Returns the process in the pid file, if it still runs. */
export const findRunning = async (
  name: string,
  folders: Pick<Folders, 'pids'>,
): Promise<BackgroundProcess | undefined> => {
  const launched = readPidFile(pidFile(folders, name));
  if (launched === undefined) return undefined;
  const state = readProcessState(launched.pid);
  return state?.started === launched.started && state.group === launched.pid ? launched : undefined;
};

export const listRunning = async (folders: Pick<Folders, 'pids'>): Promise<BackgroundProcess[]> => {
  const found = await Promise.all(listNames(folders.pids, '.json').map((name) => findRunning(name, folders)));
  return found.filter((launched) => launched !== undefined);
};

/** Sends SIGTERM to the process, and after the grace period SIGKILL to the rest of its process group. */
export const endProcess = async (name: string, folders: Pick<Folders, 'pids'>, graceMs = 5_000): Promise<void> => {
  const launched = await findRunning(name, folders);
  if (launched !== undefined) {
    process.kill(launched.pid, 'SIGTERM');
    const deadline = Date.now() + graceMs;
    while (Date.now() < deadline && (await findRunning(name, folders)) !== undefined) await sleep(50);
    killGroup(launched.pid);
  }
  rmSync(pidFile(folders, name), { force: true });
};

/** Lists the processes that the programs of `local/kubernetes` started. The function `start` in `env` writes their pid files. */
export const listScriptProcesses = (folder: string): { name: string; pid: number; since: string }[] =>
  listNames(folder, '').flatMap((name) => {
    const path = join(folder, name);
    const [pid, started] = readFileSync(path, 'utf8').trim().split(' ');
    const alive = started !== undefined && readProcessState(Number(pid))?.started === started;
    return alive ? [{ name, pid: Number(pid), since: statSync(path).mtime.toISOString() }] : [];
  });

const listNames = (folder: string, suffix: string): string[] => {
  try {
    return readdirSync(folder).map((entry) => basename(entry, suffix));
  } catch {
    return []; // the folder does not exist before the first start
  }
};

const readPidFile = (path: string): BackgroundProcess | undefined => {
  try {
    return BackgroundProcess.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return undefined; // missing, or written in part only
  }
};

/** Reads the process group and the start time of a running process. */
const readProcessState = (pid: number): { group: number; started: string } | undefined => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field is the name in parentheses, which may contain spaces: the fields are counted after it.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const started = fields[19];
    return fields[0] === 'Z' || started === undefined ? undefined : { group: Number(fields[2]), started };
  } catch {
    return undefined; // no process has this id
  }
};

const killGroup = (pid: number) => {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // The process group has no process left.
  }
};

interface RunOptions {
  readonly log: string;
  readonly env?: NodeJS.ProcessEnv | undefined;
  readonly cwd?: string | undefined;
  readonly input?: string | undefined;
  /** Receives each line of the output, too. */
  readonly onLine?: ((line: string) => void) | undefined;
}

/**
 * Runs a program until it exits, and appends its output to the log.
 *
 * @throws ProgramFailed When the exit code is not 0.
 */
export const run = async (command: string, args: readonly string[], options: RunOptions): Promise<void> => {
  const { log, env, cwd, input, onLine } = options;
  mkdirSync(dirname(log), { recursive: true });
  const file = openSync(log, 'a');
  const output = onLine === undefined ? file : 'pipe';
  const child = spawn(command, args, { env, cwd, stdio: [input === undefined ? 'ignore' : 'pipe', output, output] });
  child.stdin?.end(input);
  for (const stream of [child.stdout, child.stderr]) {
    if (stream === null) continue;
    createInterface({ input: stream }).on('line', (line) => {
      writeSync(file, `${line}\n`);
      onLine?.(line);
    });
  }
  const code = await new Promise((done, fail) => child.once('close', done).once('error', fail)).finally(() =>
    closeSync(file),
  );
  if (code !== 0) throw new ProgramFailed(log);
};

/** A program exited with a code other than 0. */
export class ProgramFailed extends Error {
  override readonly name = 'ProgramFailed';
  /** The last lines of the log. */
  readonly details: string;

  constructor(log: string) {
    super(`${basename(log)} failed. See ${log}`);
    this.details = readFileSync(log, 'utf8').trimEnd().split('\n').slice(-12).join('\n');
  }
}

/**
 * Polls until the answer is defined.
 *
 * @throws Error When no answer is defined before the deadline.
 */
export const waitFor = async <T>(
  what: string,
  ask: () => Promise<T | undefined>,
  { seconds, log }: { seconds: number; log: string },
): Promise<T> => {
  const deadline = Date.now() + seconds * 1_000;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (Date.now() > deadline) throw new Error(`${what}: not ready after ${seconds} s. See ${log}`);
    await sleep(100);
  }
};
