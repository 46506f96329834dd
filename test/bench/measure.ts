import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface Figures {
  readonly wallMs: number;
  readonly cpuMs?: number;
  readonly peakMebibytes?: number;
}

export const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
};

/** The median of each figure. A figure that was never measured is undefined. */
export const computeMedians = (figures: readonly Figures[]) => {
  const medianOf = (key: keyof Figures) => {
    const values = figures.flatMap((figure) => figure[key] ?? []);
    return values.length === 0 ? undefined : median(values);
  };
  return { wallMs: medianOf('wallMs'), cpuMs: medianOf('cpuMs'), peakMebibytes: medianOf('peakMebibytes') };
};

const program = `
import json, resource, subprocess, sys, time
start = time.monotonic()
child = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
wall = time.monotonic() - start
usage = resource.getrusage(resource.RUSAGE_CHILDREN)
if child.returncode: sys.exit(child.stderr.decode()[-2000:])
print(json.dumps({"wallMs": wall * 1e3, "cpuMs": (usage.ru_utime + usage.ru_stime) * 1e3, "peakMebibytes": usage.ru_maxrss / 1024}))`;

/**
 * Runs a program to its end and measures it, including its child processes.
 *
 * Python reads the figures of the operating system, because Node does not have those of ended child processes.
 */
export const measureProcess = async (command: readonly string[], env: NodeJS.ProcessEnv): Promise<Figures> => {
  const { stdout } = await run('python3', ['-c', program, ...command], { env });
  return JSON.parse(stdout) as Figures; // the output of the program above
};
