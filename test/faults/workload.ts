import type { CommandKind } from '#events/commands/index.ts';
import type { Job } from '#events/job.ts';

import { randomOf, type Simulation, start as startOfTime } from './simulation.ts';
import type { ModelWorld, Sent } from './world.ts';

/** Something that somebody does, at a time. */
export interface Step {
  readonly at: number;
  readonly text: string;
  readonly run: (world: ModelWorld) => unknown;
}

export interface Workload {
  readonly steps: readonly Step[];
  /** How many different commands there are of a kind for a cluster. */
  readonly commands: ReadonlyMap<string, number>;
}

/** When the last step begins, and faults end a while behind it. */
const seconds = 400;
const mostSteps = 7;

const salt = -10;

/** What happens to Drey from outside: commands through both doors, some of them repeatedly, and people's own hands. */
export const workloadOf = (seed: number): Workload => {
  const random = randomOf(seed, salt);
  const chosen = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)]!;
  const commands = new Map<string, number>();
  const steps: Step[] = [];
  let keys = 0;

  const send = (kind: CommandKind, sent: Sent, at: number) => {
    const origin = chosen(['http', 'queue'] as const);
    const patience = chosen([1, 3, 6]);
    steps.push({
      at,
      text: `${kind} ${sent.clusterId} by ${origin}, key ${sent.key} ${JSON.stringify(sent.data)}`,
      run: (world) => {
        const given = kind === 'cancel' ? withJob(sent, world, patience) : sent;
        if (given === undefined) return undefined;
        return origin === 'http' ? world.throughHttp(kind, given, patience) : world.throughQueue(kind, given);
      },
    });
  };

  /** What some wait for: a command that came, that is to come, or that never comes. */
  const waitOf = (kind: CommandKind, at: number) => {
    if (kind !== 'deploy' && kind !== 'submit') return {};
    const priority = chosen([0, 0, 0, 1, -1]);
    if (random() > 0.12) return { priority };
    const deadline = new Date(startOfTime + (at + 600) * 1_000).toISOString();
    return { priority, dependsOn: [`key-${1 + Math.floor(random() * (keys + 1))}`], deadline };
  };

  const command = (at: number, clusterId = chosen(['one', 'one', 'one', 'two'])) => {
    const kind: CommandKind =
      at < 1 ? 'deploy' : chosen(['deploy', 'deploy', 'submit', 'stop', 'stop', 'cancel', 'extend']);
    give(kind, { clusterId, data: { ...dataOf(kind, chosen, random), ...waitOf(kind, at) } }, at);
  };

  const give = (kind: CommandKind, { clusterId, data }: Pick<Sent, 'clusterId' | 'data'>, at: number) => {
    commands.set(`${kind} ${clusterId}`, (commands.get(`${kind} ${clusterId}`) ?? 0) + 1);
    const sent = { clusterId, key: `key-${(keys += 1)}`, data };
    send(kind, sent, at);
    // A caller who saw no answer, or a queue that delivers once more.
    if (random() < 0.3) send(kind, sent, at + chosen([0, 0.01, 1, 30]) * random());
  };

  /** A session that is stopped in the evening, and starts its jobs again in the morning. */
  const officeHours = (clusterId: string) => {
    give('deploy', { clusterId, data: { mode: 'session' } }, 0);
    give('submit', { clusterId, data: dataOf('submit', chosen, random) }, 1 + random() * 60);
    if (random() < 0.5) give('submit', { clusterId, data: dataOf('submit', chosen, random) }, 1 + random() * 60);
    const savepoint = chosen(['best-effort', 'required']);
    give('stop', { clusterId, data: { savepoint, savepointDirectory: 's3://bucket/savepoints' } }, 120 + random() * 60);
    const restore = { fromCluster: clusterId, latest: true, allowEmptyState: random() < 0.5 };
    const other = chosen([clusterId, clusterId, 'two']);
    give('deploy', { clusterId: other, data: { mode: 'session', restore } }, 200 + random() * 100);
  };

  if (random() < 0.15) officeHours('one');
  else command(0);
  // Two that come at the same time are after the same place.
  if (random() < 0.3) command(random() / 10, chosen(['one', 'two']));
  const count = 1 + Math.floor(random() * mostSteps);
  for (let step = 1; step < count; step += 1) {
    const at = random() * seconds;
    const roll = random();
    const clusterId = chosen(['one', 'one', 'two']);
    if (roll < 0.06)
      steps.push({
        at,
        text: `kubectl delete deployment ${clusterId}`,
        run: ({ kubernetes }) => kubernetes.deleteByHand(clusterId),
      });
    else if (roll < 0.1)
      steps.push({
        at,
        text: `kubectl create deployment ${clusterId}`,
        run: ({ kubernetes }) => kubernetes.createByHand(clusterId),
      });
    else if (roll < 0.16)
      steps.push({
        at,
        text: `the JobManager of ${clusterId} starts anew`,
        run: ({ kubernetes }) => kubernetes.restartJobManager(clusterId),
      });
    else if (roll < 0.2)
      steps.push({
        at,
        text: `kubectl replace deployment ${clusterId}, just before it is deleted`,
        run: ({ kubernetes }) => kubernetes.replaceBeforeDeletion(clusterId),
      });
    else command(at);
  }
  return { steps: steps.toSorted((one, other) => one.at - other.at), commands };
};

const dataOf = (
  kind: CommandKind,
  chosen: <T>(items: readonly T[]) => T,
  random: () => number,
): Readonly<Record<string, unknown>> => {
  switch (kind) {
    case 'deploy': {
      const config =
        random() < 0.3
          ? { 'high-availability.type': 'kubernetes', 'high-availability.storageDir': 's3://bucket/ha' }
          : {};
      const onFailure = random() < 0.15 ? 'keep' : 'remove';
      const ends = { savepoint: chosen(['none', 'best-effort']), ha: chosen(['keep', 'purge']), warnBefore: '60s' };
      const lifetime = random() < 0.3 ? { lifetime: { ...ends, ttl: chosen(['90s', '3min', '6min']) } } : {};
      return random() < 0.5
        ? { config, onFailure, mode: 'session', ...lifetime }
        : { config, onFailure, mode: 'application', job: { jar: 'local:///opt/flink/usrlib/a.jar' }, ...lifetime };
    }
    case 'submit':
      return { jar: 's3://bucket/uploads/local/1/a.jar' };
    case 'stop': {
      const savepoint = chosen(['none', 'none', 'best-effort', 'required']);
      return {
        savepoint,
        ha: chosen(['keep', 'purge']),
        ...(savepoint === 'none' ? {} : { savepointDirectory: 's3://bucket/savepoints' }),
      };
    }
    case 'extend':
      return { ttl: chosen(['60s', '4min']) };
    case 'cancel':
    default:
      return {};
  }
};

/** One of the jobs that are known by then. */
const withJob = (sent: Sent, { table }: ModelWorld, patience: number): Sent | undefined => {
  const jobs = table.values<Job>(`target#local/cluster#${sent.clusterId}|job#`);
  const job = jobs[patience % Math.max(1, jobs.length)];
  return job === undefined ? undefined : { ...sent, jobId: job.jobId };
};

/** Lets each step happen at its time. */
export const play = (steps: readonly Step[], world: ModelWorld, simulation: Simulation): void => {
  for (const { at, run } of steps) simulation.after(at, () => void run(world));
};

/** When nothing is done to the system any more. */
export const lastSeconds = seconds + 60;
