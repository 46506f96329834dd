import * as z from 'zod';

import { lenient } from '#events/lenient.ts';
import { Fault, parseWritten } from '#events/problems/problem.ts';
import type { Cluster } from '#events/records/cluster.ts';
import { KeptFile, LeftOut } from '#events/records/kept-logs.ts';

import { type ConditionUpdate, withCondition } from './cluster.ts';
import type { ObservedPod } from './kubernetes.ts';

/** How much of each log is kept: its newest part. */
export const maxLogBytes = 5_000_000;
/** How many TaskManagers of a cluster leave their logs. */
export const maxTaskManagers = 20;
/** How many logs of crashed containers are kept of an incarnation. A newer one replaces the oldest. */
export const maxCrashes = 10;

export const indexName = 'index.json';
export const crashesName = 'crashes.json';

/** The file of an incarnation that lists others: `index.json` of its end, and `crashes.json` of its crashed containers. */
export const KeptIndex = z.strictObject({
  /** The stop, or the failed deploy, that ended the incarnation. */
  endedBy: z.string().optional(),
  /** How many logs of crashed containers were kept, also those that others have replaced. */
  count: z.int().min(0).optional(),
  at: z.string(),
  files: z.array(KeptFile),
  leftOut: z.array(LeftOut),
});
export type KeptIndex = Readonly<z.infer<typeof KeptIndex>>;

/** @throws Fault `version-mismatch` */
export const parseIndex = (value: unknown): KeptIndex =>
  parseWritten<z.ZodType<KeptIndex>>(lenient<z.ZodType<KeptIndex>>(KeptIndex, 'keep'), {
    kind: 'index of kept logs',
    value,
  });

/** The log of one container to keep. */
export interface LogToKeep {
  readonly pod: string;
  readonly component: 'jobmanager' | 'taskmanager';
  readonly restart: number;
  /** Whether the container has ended, and another one runs in the pod. */
  readonly previous: boolean;
}

export const toLogName = ({ pod, restart }: Pick<LogToKeep, 'pod' | 'restart'>): string => `${pod}.${restart}.log.gz`;

/** A newer crash replaces the oldest one. */
export const toCrashName = (count: number): string => `crash-${count % maxCrashes}.log.gz`;

/** Whether another container of the pod ran when this log was kept. */
export const isCrashLog = ({ name }: Pick<KeptFile, 'name'>): boolean => /^crash-\d+\.log\.gz$/.test(name);

export const isKept = (files: readonly KeptFile[], { pod, restart }: Pick<LogToKeep, 'pod' | 'restart'>): boolean =>
  files.some((file) => file.pod === pod && file.restart === restart);

/** The logs of a cluster that ends, the most telling ones first, and the pods of the TaskManagers beyond the maximum. */
export const selectLogs = (
  pods: readonly ObservedPod[],
): { readonly logs: readonly LogToKeep[]; readonly others: readonly string[] } => {
  const taskManagers = pods
    .filter(({ component }) => component === 'taskmanager')
    .toSorted((a, b) => Number(b.trouble !== undefined) - Number(a.trouble !== undefined) || compareNames(b, a));
  const kept = [
    ...pods.filter(({ component }) => component === 'jobmanager'),
    ...taskManagers.slice(0, maxTaskManagers),
  ];
  return { logs: kept.flatMap(listLogs), others: taskManagers.slice(maxTaskManagers).map(({ name }) => name) };
};

const listLogs = ({ name: pod, component, restarts }: ObservedPod): readonly LogToKeep[] => {
  if (component === 'other') return [];
  const current = { pod, component, restart: restarts, previous: false };
  return restarts === 0 ? [current] : [current, { pod, component, restart: restarts - 1, previous: true }];
};

/** By number: `…-taskmanager-1-10` follows `…-taskmanager-1-9`. */
export const compareNames = (a: { readonly name: string }, b: { readonly name: string }): number =>
  a.name.localeCompare(b.name, 'en', { numeric: true });

/** Whether the logs of an incarnation are kept, and how much. */
export interface LogsCondition {
  readonly condition: ConditionUpdate & { readonly type: 'LogsKept' };
  readonly files: number;
  readonly bytes: number;
}

const notKept = (reason: string, message: string): LogsCondition => ({
  condition: { type: 'LogsKept', status: 'False', reason, message },
  files: 0,
  bytes: 0,
});

export const nothingToKeep = notKept('DeploymentGone', 'There was no Deployment, so there are no logs.');

export const describeNotKept = (error: unknown): LogsCondition =>
  error instanceof Fault
    ? notKept('CaptureFailed', `The logs could not be kept: ${error.message}`)
    : notKept(
        'CaptureFailed',
        'The logs could not be kept in time, or Drey failed. The log of its function says more.',
      );

/** A record holds few names. */
const maxNamed = 3;

const countOf = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

export const describeKept = ({ files, leftOut }: KeptIndex): LogsCondition => {
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  const logs = files.filter(({ kind }) => kind === 'log').length;
  const missing = leftOut.slice(0, maxNamed).map(({ name, reason }) => `${name}: ${reason.replace(/\.$/, '')}`);
  const more = leftOut.length > maxNamed ? [`${leftOut.length - maxNamed} more`] : [];
  const lost = `${countOf(leftOut.length, 'file')} ${leftOut.length === 1 ? 'is' : 'are'} left out`;
  const rest = leftOut.length === 0 ? '' : ` ${lost}: ${[...missing, ...more].join('; ')}.`;
  const others = files.length - logs;
  const kept =
    others === 0
      ? `${countOf(logs, 'log')} ${logs === 1 ? 'is' : 'are'} kept.`
      : `${countOf(logs, 'log')} and ${countOf(others, 'other file')} are kept.`;
  const message = `${kept}${rest}`;
  const [status, reason] = [files.length > 0 ? 'True' : 'False', leftOut.length === 0 ? 'Kept' : 'Incomplete'] as const;
  return { condition: { type: 'LogsKept', status, reason, message }, files: files.length, bytes };
};

/** The cluster as it ends, whose step that keeps logs has recorded no result: its function was ended, for example. */
export const withLogsResult = (cluster: Cluster, at: Date): Cluster =>
  cluster.conditions.some(({ type }) => type === 'LogsKept')
    ? cluster
    : withCondition(
        cluster,
        {
          type: 'LogsKept',
          status: 'Unknown',
          reason: 'NotRecorded',
          message: 'It was not recorded whether the logs are kept. `drey logs` lists what is kept.',
        },
        at,
      );
