/**
 * The metrics that the functions write to CloudWatch. The adapter, alarms, the dashboard and docs/metrics.md follow from
 * this table. To add a metric, add a row, record it with the port `Metrics`, and add its case to the test of the table.
 */
import type { ClusterState } from '#events/records/cluster.ts';
import type { DeployPhase } from '#events/records/operation.ts';
import { rolloutPhases } from '#events/records/rollout-phases.ts';
import { type ProblemCode, problems } from '#events/problems/problem-table.ts';

export const metricNamespace = 'Drey';
/** The value of the dimension `service`. */
export const serviceName = 'drey';
/** The dimensions of every metric. They separate the stages of an account. */
export const commonDimensions = ['service', 'stage'] as const;

interface MetricDefinition {
  readonly unit: 'Count' | 'Seconds' | 'Milliseconds';
  /** What is counted or measured, in Markdown for docs/metrics.md. */
  readonly description: string;
  /** The functions that write it. */
  readonly writtenBy: readonly string[];
  /** A dimension besides `service` and `stage`, with all of its values. */
  readonly dimension?: { readonly name: string; readonly values: readonly string[] };
  /** Whether the metric also exists with the dimension `target`, besides the others: the field `target` of its lines. */
  readonly byTarget?: boolean;
}

const code = { name: 'code', values: Object.keys(problems) as ProblemCode[] } as const; // the keys of the table

export const metrics = {
  Commands: {
    unit: 'Count',
    description:
      'Commands by HTTP and by the command queue, by the result of accepting them. `rejected`: the caller has to change the command. `returned`: the caller may repeat it unchanged, and the queue delivers it again. `discarded`: its last delivery failed. `failed`: a request failed with a status of 500 or more.',
    writtenBy: ['commandQueue', 'functions of commands'],
    dimension: { name: 'outcome', values: ['done', 'rejected', 'returned', 'discarded', 'failed'] },
  },
  Failures: {
    unit: 'Count',
    description: 'Requests and messages of the command queue that failed, by [code](problems.md).',
    writtenBy: ['commandQueue', 'functions of the API'],
    dimension: code,
  },
  Verdicts: {
    unit: 'Count',
    description: 'Commands that ended, by verdict.',
    writtenBy: ['publish'],
    dimension: { name: 'verdict', values: ['FINISHED', 'FAILED', 'CANCELED'] },
  },
  FailedOperations: {
    unit: 'Count',
    description: 'Operations that ended as FAILED, by [code](problems.md). A program that failed has no code.',
    writtenBy: ['publish'],
    dimension: code,
  },
  DeploySeconds: {
    unit: 'Seconds',
    description:
      'Time of a deploy until its cluster is RUNNING, from the request, or from the admission of a queued deploy.',
    writtenBy: ['startup'],
  },
  DeployPhaseMilliseconds: {
    unit: 'Milliseconds',
    description:
      "Time of a deploy from one phase to the next, when its cluster becomes RUNNING. `Scheduled`: from the request, or from the admission, until the JobManager's pod has a node. `Started`: until its container runs, with the pull of the image. `RestUp`: until Flink's REST API responds. `Running`: until the cluster is RUNNING. Kubernetes has whole seconds.",
    writtenBy: ['startup'],
    dimension: {
      name: 'phase',
      values: ['Scheduled', 'Started', 'RestUp', 'Running'] as const satisfies readonly (
        | DeployPhase['name']
        | 'Running'
      )[],
    },
  },
  RolloutPhaseMilliseconds: {
    unit: 'Milliseconds',
    description: 'Time of each phase of a rollout that has succeeded or failed ([rollouts.md](rollouts.md)).',
    writtenBy: ['publish'],
    dimension: {
      name: 'phase',
      values: rolloutPhases,
    },
  },
  StopMilliseconds: {
    unit: 'Milliseconds',
    description: 'Time of a stop of a cluster from the request until its objects are gone, with its savepoints.',
    writtenBy: ['publish'],
  },
  QueueWaitMilliseconds: {
    unit: 'Milliseconds',
    description: 'Time of a queued command from the request until its admission.',
    writtenBy: ['admit'],
    byTarget: true,
  },
  ReconcileMilliseconds: {
    unit: 'Milliseconds',
    description:
      'Duration of a reconcile pass over a target, or over some of its clusters: a target of more than 50 is divided. Without the passes that follow a young application.',
    writtenBy: ['reconcile'],
    byTarget: true,
  },
  Clusters: {
    unit: 'Count',
    description:
      'Live clusters of a target, by state, once a minute. The sum of a minute is that of all targets. Queued clusters are in `QueuedCommands`.',
    writtenBy: ['reconcile'],
    dimension: {
      name: 'state',
      values: ['REQUESTED', 'DEPLOYING', 'RUNNING', 'UPGRADING', 'STOPPING'] as const satisfies readonly ClusterState[],
    },
  },
  QueuedCommands: {
    unit: 'Count',
    description: 'Commands in the admission queue of a target, once a minute. The maximum is the longest queue.',
    writtenBy: ['reconcile'],
  },
  OldestQueuedCommandSeconds: {
    unit: 'Seconds',
    description: 'Age of the oldest command in the admission queue of a target that is not paused, once a minute.',
    writtenBy: ['reconcile'],
  },
  FailedAdmissions: {
    unit: 'Count',
    description: 'Admission passes over a target that failed.',
    writtenBy: ['admit'],
  },
  UnobservedTargets: {
    unit: 'Count',
    description:
      'Reconcile passes that did not observe their target, because it was unreachable or refused the request, or because the pass failed.',
    writtenBy: ['reconcile'],
  },
  StalledWork: {
    unit: 'Count',
    description:
      'Stalled operations, failed stops and abandoned Deployments that a reconcile pass over a target leaves for the next one, because of its time limit or because the API server throttles.',
    writtenBy: ['reconcile'],
  },
  RefusedEvents: {
    unit: 'Count',
    description: 'Events that the bus did not accept. They are published again.',
    writtenBy: ['publish'],
  },
  UnexpectedErrors: {
    unit: 'Count',
    description:
      'Log lines of level error. Each one is a bug of Drey, because expected failures are warnings. It also exists by `function` and `functionVersion`.',
    writtenBy: ['all functions'],
  },
  FailedMaintenance: {
    unit: 'Count',
    description:
      'Targets, jars, revisions and schedules that the hourly maintenance could not process, and its parts that failed as a whole.',
    writtenBy: ['maintenance'],
  },
} as const satisfies Record<string, MetricDefinition>;

export type MetricName = keyof typeof metrics;

/** The metrics whose only dimensions are `service` and `stage`. */
export type PlainMetricName = {
  [N in MetricName]: (typeof metrics)[N] extends { readonly dimension: unknown } ? never : N;
}[MetricName];

/** The dimension of a metric with one of its values: `{ outcome: 'done' }`. */
export type DimensionOf<N extends MetricName> = (typeof metrics)[N] extends {
  readonly dimension: { readonly name: infer K extends string; readonly values: readonly (infer V)[] };
}
  ? { readonly [P in K]: V }
  : unknown;

/** The version of the function that wrote a log line. `UnexpectedErrors` has these dimensions, too. */
export const versionDimensions = ['function', 'functionVersion'] as const;

export const metricNames = Object.keys(metrics) as MetricName[]; // the keys of the table

/** The definition of a metric, with its optional members. */
export const metricOf = (name: MetricName): MetricDefinition => metrics[name];
