import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';

import { SingleBar } from 'cli-progress';
import Table from 'cli-table3';

import './environment.ts';
import type { Outcome } from './schedule.ts';
import type { Report, Share } from './worker.ts';

const { values } = parseArgs({
  options: {
    schedules: { type: 'string', default: '10000' },
    seed: { type: 'string', default: '1' },
    help: { type: 'boolean', short: 'h', default: false },
  },
});

if (values.help) {
  console.log(`Runs Drey on models of AWS and Kubernetes that fail, and checks the invariants of Drey.

  npm run test:faults -- [--schedules 10000] [--seed 1]

Schedule n follows from seed + n - 1 alone: --schedules 1 --seed S repeats the one of seed S.`);
  process.exit();
}

const [schedules, seed] = [Number(values.schedules), Number(values.seed)];
if (![schedules, seed].every((value) => Number.isSafeInteger(value) && value > 0)) {
  console.error('--schedules and --seed are positive numbers.');
  process.exit(1);
}

const bar = new SingleBar({
  format: '{bar} {value}/{total} schedules, {faults} faults, {bad} violated',
  noTTYOutput: false,
});
const reached = new Map<string, number>();
const violated: Outcome[] = [];
let [done, faults] = [0, 0];

const take = (report: Report) => {
  done += report.schedules;
  faults += report.faults;
  violated.push(...report.violated);
  for (const what of report.reached) reached.set(what, (reached.get(what) ?? 0) + 1);
  bar.update(done, { faults, bad: violated.length });
};

const runShare = (share: Share): Promise<void> => {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const worker = new Worker(new URL('worker.ts', import.meta.url), { workerData: share });
  worker.on('message', take);
  worker.on('error', reject);
  worker.on('exit', () => resolve());
  return promise;
};

bar.start(schedules, 0, { faults: 0, bad: 0 });
const workers = Math.min(availableParallelism(), schedules);
await Promise.all(
  Array.from({ length: workers }, (_, index) =>
    runShare({ first: seed + index, count: Math.ceil((schedules - index) / workers), step: workers }),
  ),
);
bar.stop();

const table = new Table({ head: ['reached', 'times'], style: { head: [], border: [] } });
for (const [what, times] of [...reached].toSorted(([one], [other]) => (one < other ? -1 : 1)))
  table.push([what, times]);
console.log(table.toString());

const [worst] = violated.toSorted((one, other) => one.seed - other.seed);
if (worst !== undefined) {
  const { shorten, format } = await import('./schedule.ts');
  console.log(format(await shorten(worst)));
  const others = violated.map((one) => one.seed).filter((one) => one !== worst.seed);
  if (others.length > 0) console.log(`also violated by the seeds ${others.slice(0, 20).join(', ')}`);
}
console.log(`${done} schedules, ${faults} faults injected, ${violated.length} violations`);
process.exit(violated.length === 0 && done === schedules ? 0 : 1);
