import type { Cluster, Operation, RolloutProgress } from '../api/types.ts';
import { isTerminalState } from './states.ts';

export type DeployPhase = NonNullable<Operation['phases']>[number];

/** What a cluster or an operation goes through, in the order in which one causes the next. */
export const phaseNames = {
  Requested: 'Requested',
  QUEUED: 'Queued',
  Admitted: 'Admitted',
  REQUESTED: 'Requested',
  DEPLOYING: 'Deploying',
  Scheduled: 'JobManager scheduled',
  Pulling: 'Image pull',
  Started: 'Container started',
  RestUp: 'REST API responds',
  RUNNING: 'Running',
  UPGRADING: 'Upgrading',
  SUSPENDED: 'Suspended',
  STOPPING: 'Stopping',
  STOPPED: 'Stopped: all objects are gone',
  FINISHED: 'Finished: all objects are gone',
  CANCELED: 'Canceled: all objects are gone',
  FAILED: 'Failed',
} satisfies Record<Cluster['state'] | DeployPhase['name'], string> & Record<string, string>;

export type Phase = keyof typeof phaseNames;

const order = Object.keys(phaseNames);

interface Reached {
  readonly phase: Phase;
  readonly at: string;
}

/**
 * Phases in order. Kubernetes cuts times to seconds, and Drey sees some later than they were: a phase of the start is never
 * before one that causes it.
 */
export const sortPhases = <T extends Reached>(phases: readonly T[]): readonly T[] => {
  const ranked = phases.toSorted((one, other) => order.indexOf(one.phase) - order.indexOf(other.phase));
  const start = ranked.filter(({ phase }) => isOfStart(phase));
  const times = new Map<T, number>();
  let latest = 0;
  for (const [index, one] of start.entries()) {
    // A later start of the same incarnation has its own time.
    const isFirst = start[index - 1]?.phase !== one.phase;
    if (isFirst) latest = Math.max(latest, Date.parse(one.at));
    times.set(one, isFirst ? latest : Date.parse(one.at));
  }
  const timeOf = (one: T) => times.get(one) ?? Math.max(Date.parse(one.at), Date.parse(start[0]?.at ?? one.at));
  return ranked.toSorted((one, other) => timeOf(one) - timeOf(other));
};

const isOfStart = (phase: Phase): boolean => order.indexOf(phase) < order.indexOf('RUNNING');

/** How the phase of a deploy ended. The pull of an image has only a beginning. A container that crashes was pulled, too. */
export const findOutcome = (
  phase: DeployPhase['name'],
  { phases = [], state, problem }: Pick<Operation, 'phases' | 'state' | 'problem'>,
): 'done' | 'current' | 'failed' => {
  if (phase !== 'Pulling' || phases.at(-1)?.name !== 'Pulling' || state === 'SUCCEEDED') return 'done';
  if (!isTerminalState('operation', state)) return 'current';
  return /Image/.test(problem?.reason ?? '') ? 'failed' : 'done';
};

/** What a phase of a rollout is called while it lasts. */
export const rolloutNames: Readonly<Record<RolloutProgress['phase'], string>> = {
  WaitingForRollout: 'Waiting for another rollout',
  Checking: 'Checking the objects',
  Rescaling: 'Rescaling the job',
  Snapshotting: 'Ending the old incarnation with its snapshot',
  Starting: 'Starting the new incarnation',
  Verifying: 'Watching the new incarnation',
  RollingBack: 'Rolling back',
};

/** What a queued operation waits for: its position, and why. */
export const describeWait = ({ position, phase = '' }: Pick<Operation, 'position' | 'phase'>) => {
  const [, place, reason] = /^Position (\d+ of \d+)\. (.*)$/s.exec(phase) ?? [];
  const found = place ?? position?.toString();
  return {
    name: found === undefined ? 'Waiting' : `Waiting: position ${found}`,
    detail: (reason ?? phase) || undefined,
  };
};
