import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface Figures {
  readonly wallMs: number;
  readonly cpuMs?: number;
  readonly peakMebibytes?: number;
}

/** What a row of a report says about its figures. */
export interface Summary {
  readonly n: number;
  readonly medianMs: number;
  /** The 95th percentile: of few figures the largest. */
  readonly p95Ms: number;
  readonly cpuMs?: number;
  readonly peakMebibytes?: number;
}

/** The smallest value that at least this share of the values does not exceed. */
export const percentile = (values: readonly number[], share: number): number => {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
};

export const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

export const median = (values: readonly number[]): number => percentile(values, 0.5);

/** The medians of all figures, and the 95th percentile of the time. */
export const summarize = (figures: readonly Figures[]): Summary => {
  const times = figures.map(({ wallMs }) => wallMs);
  const medianOf = (key: 'cpuMs' | 'peakMebibytes') => {
    const values = figures.flatMap((figure) => figure[key] ?? []);
    return values.length === 0 ? {} : { [key]: median(values) };
  };
  return {
    n: times.length,
    medianMs: median(times),
    p95Ms: percentile(times, 0.95),
    ...medianOf('cpuMs'),
    ...medianOf('peakMebibytes'),
  };
};

/** Runs something and measures the time until its promise settles. */
export const time = async (run: () => Promise<unknown>): Promise<Figures> => {
  const startMs = performance.now();
  await run();
  return { wallMs: performance.now() - startMs };
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
