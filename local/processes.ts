import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import * as z from 'zod';

const Launched = z.object({
  name: z.string(),
  pid: z.number(),
  /** In clock ticks since the machine's own start: a number alone may be somebody else's process by now. */
  started: z.string(),
  since: z.string(),
  address: z.string(),
  log: z.string(),
});

/** A process of ours in the background. */
export type Launched = z.infer<typeof Launched>;

export interface Program {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  /** What it serves, for people. */
  readonly address: string;
}

interface Folders {
  readonly pids: string;
  readonly logs: string;
}

const file = ({ pids }: Pick<Folders, 'pids'>, name: string) => join(pids, `${name}.json`);

/** Starts a program that outlives us, with a log and a pid file. */
export const launch = async (program: Program, folders: Folders): Promise<Launched> => {
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
  const state = processState(pid);
  if (state === undefined) throw new Error(`${program.name} ended at once; see ${log}`);
  const launched = {
    name: program.name,
    pid,
    started: state.started,
    since: new Date().toISOString(),
    address: program.address,
    log,
  };
  writeFileSync(file(folders, program.name), JSON.stringify(launched));
  return launched;
};

/** The process that the pid file names, if it still is the one that we started. */
export const running = async (name: string, folders: Pick<Folders, 'pids'>): Promise<Launched | undefined> => {
  const launched = readPidFile(file(folders, name));
  if (launched === undefined) return undefined;
  const state = processState(launched.pid);
  return state?.started === launched.started && state.group === launched.pid ? launched : undefined;
};

export const allRunning = async (folders: Pick<Folders, 'pids'>): Promise<Launched[]> => {
  const found = await Promise.all(names(folders.pids, '.json').map((name) => running(name, folders)));
  return found.filter((launched) => launched !== undefined);
};

/** Asks the process to end, and ends what is left of its process group after some time. */
export const end = async (name: string, folders: Pick<Folders, 'pids'>, graceMs = 5_000): Promise<void> => {
  const launched = await running(name, folders);
  if (launched !== undefined) {
    process.kill(launched.pid, 'SIGTERM');
    const deadline = Date.now() + graceMs;
    while (Date.now() < deadline && (await running(name, folders)) !== undefined) await sleep(50);
    killGroup(launched.pid);
  }
  rmSync(file(folders, name), { force: true });
};

/** The processes that the cluster's scripts started, by their pid files: the number and the start, as `start` in `env` writes them. */
export const scriptProcesses = (folder: string): { name: string; pid: number; since: string }[] =>
  names(folder, '').flatMap((name) => {
    const path = join(folder, name);
    const [pid, started] = readFileSync(path, 'utf8').trim().split(' ');
    const alive = started !== undefined && processState(Number(pid))?.started === started;
    return alive ? [{ name, pid: Number(pid), since: statSync(path).mtime.toISOString() }] : [];
  });

const names = (folder: string, suffix: string): string[] => {
  try {
    return readdirSync(folder).map((entry) => basename(entry, suffix));
  } catch {
    return []; // nothing was ever started
  }
};

const readPidFile = (path: string): Launched | undefined => {
  try {
    return Launched.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return undefined; // never started, or cut off while it was written
  }
};

/** What Linux says of a living process: its group and its start, in clock ticks since the machine's. */
const processState = (pid: number): { group: number; started: string } | undefined => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The program's name, in parentheses, may hold anything; the fields after it are counted.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const started = fields[19];
    return fields[0] === 'Z' || started === undefined ? undefined : { group: Number(fields[2]), started };
  } catch {
    return undefined; // there is no such process
  }
};

const killGroup = (pid: number) => {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // The whole group has ended already.
  }
};

export interface Run {
  readonly log: string;
  readonly env?: NodeJS.ProcessEnv | undefined;
  readonly cwd?: string | undefined;
  readonly input?: string | undefined;
}

/**
 * Runs a program to its end; its output goes to the log.
 *
 * @throws ProgramFailed
 */
export const run = async (command: string, args: readonly string[], { log, env, cwd, input }: Run): Promise<void> => {
  mkdirSync(dirname(log), { recursive: true });
  const output = openSync(log, 'a');
  const child = spawn(command, args, { env, cwd, stdio: [input === undefined ? 'ignore' : 'pipe', output, output] });
  closeSync(output);
  child.stdin?.end(input);
  const code = await new Promise((done, fail) => child.once('exit', done).once('error', fail));
  if (code !== 0) throw new ProgramFailed(log);
};

/** A program ended with a failure. Its log says which. */
export class ProgramFailed extends Error {
  override readonly name = 'ProgramFailed';
  /** The end of its log. */
  readonly details: string;

  constructor(log: string) {
    super(`${basename(log)} failed; see ${log}`);
    this.details = readFileSync(log, 'utf8').trimEnd().split('\n').slice(-12).join('\n');
  }
}

/** Asks again and again until the answer is not undefined. */
export const until = async <T>(
  what: string,
  ask: () => Promise<T | undefined>,
  { seconds, log }: { seconds: number; log: string },
): Promise<T> => {
  const deadline = Date.now() + seconds * 1_000;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (Date.now() > deadline) throw new Error(`${what}: not ready after ${seconds} s; see ${log}`);
    await sleep(100);
  }
};
