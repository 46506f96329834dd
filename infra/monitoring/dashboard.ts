/** The CloudWatch dashboard of a stage. Its metrics come from the tables of metrics, functions, queues and alarms. */
import { commonDimensions, type MetricName, metricNamespace, metricOf, serviceName } from '#shared/metrics.ts';

import { functionNames, toPascalCase } from '../functions.ts';
import { workflowNames } from '../state-machines/definitions.ts';
import { machineOf } from '../state-machines/resources.ts';
import { alarms } from './alarm-table.ts';

type Options = Readonly<Record<string, string | number | boolean>>;
/** A metric or an expression of a graph, as CloudWatch writes it. */
type Line = readonly (string | Options)[];

interface Graph {
  readonly title: string;
  readonly lines: readonly Line[];
  readonly stat?: string;
  /** Draws the lines on top of each other. */
  readonly stacked?: boolean;
}

const periodSeconds = 300;
const columns = { count: 3, width: 8, height: 6 } as const;

/** One line of one of Drey's metrics. */
const own = (name: MetricName, options: Options = {}, dimension: readonly string[] = []): Line => [
  metricNamespace,
  name,
  'service',
  serviceName,
  'stage',
  '${sls:stage}',
  ...dimension,
  { label: name, ...options },
];

/** One line for each value of the metric's own dimension. */
const byDimension = (name: MetricName): readonly Line[] => {
  const { dimension } = metricOf(name);
  return (dimension?.values ?? []).map((value) => own(name, { label: value }, [dimension?.name ?? '', value]));
};

/** Each target is counted once a minute, so a sum is divided by the minutes of the period. */
const clusters: readonly Line[] = (metricOf('Clusters').dimension?.values ?? []).flatMap((state, index) => [
  own('Clusters', { id: `m${index}`, visible: false }, ['state', state]),
  [{ expression: `FILL(m${index}, 0) / (PERIOD(m${index}) / 60)`, label: state, id: `e${index}` }],
]);

const queue = (name: string, metric: string, label: string): Line => [
  'AWS/SQS',
  metric,
  'QueueName',
  `\${${name}.QueueName}`,
  { label, stat: 'Maximum' },
];
const ofFunctions = (metric: string): readonly Line[] =>
  functionNames.map((name) => [
    'AWS/Lambda',
    metric,
    'FunctionName',
    `\${${toPascalCase(name)}LambdaFunction}`,
    { label: name },
  ]);
const ofApi = (metric: string, options: Options = {}): Line => [
  'AWS/ApiGateway',
  metric,
  'ApiId',
  '${HttpApi}',
  { label: metric, ...options },
];
const ofTable = (metric: string, index: readonly string[] = []): Line => [
  'AWS/DynamoDB',
  metric,
  'TableName',
  '${Table}',
  ...index,
  { label: [metric, ...index.slice(1)].join(' ') },
];
const index = ['GlobalSecondaryIndexName', 'byState'];

const percentiles = (line: (options: Options) => Line, stats: readonly string[]): readonly Line[] =>
  stats.map((stat) => line({ stat, label: stat }));

/** The percentiles of a duration, in each value of the metric's own dimension. */
const durations = (name: MetricName): readonly Line[] => {
  const { dimension } = metricOf(name);
  return (dimension?.values ?? [undefined]).flatMap((value) =>
    ['p50', 'p95', 'p99'].map((stat) =>
      value === undefined
        ? own(name, { stat, label: stat })
        : own(name, { stat, label: `${value} ${stat}` }, [dimension?.name ?? '', value]),
    ),
  );
};

/** One line for each target. CloudWatch finds them by the dimension, and names the line after its value. */
const byTarget = (name: MetricName, stat: string): readonly Line[] => {
  const dimensions = `${[metricNamespace, ...commonDimensions].join(',')},target`;
  const search = `{${dimensions}} service="${serviceName}" stage="\${sls:stage}" MetricName="${name}"`;
  return [[{ expression: `SEARCH('${search}', '${stat}', ${periodSeconds})`, id: 'targets' }]];
};

const graphs: readonly Graph[] = [
  { title: 'Commands by outcome', lines: byDimension('Commands'), stacked: true },
  { title: 'Ended commands by verdict', lines: byDimension('Verdicts'), stacked: true },
  {
    title: 'Time from request to RUNNING (seconds)',
    lines: percentiles((options) => own('DeploySeconds', options), ['p50', 'p95', 'Maximum']),
  },
  { title: 'Phases of deploys (milliseconds)', lines: durations('DeployPhaseMilliseconds') },
  { title: 'Phases of rollouts (milliseconds)', lines: durations('RolloutPhaseMilliseconds') },
  { title: 'Stops of clusters (milliseconds)', lines: durations('StopMilliseconds') },
  { title: 'Failed requests and messages by code', lines: byDimension('Failures'), stacked: true },
  { title: 'Failed operations by code', lines: byDimension('FailedOperations'), stacked: true },
  { title: 'Clusters by state', lines: clusters, stacked: true },
  {
    title: 'Queued commands',
    lines: [
      queue('CommandQueue', 'ApproximateNumberOfMessagesVisible', 'command queue'),
      own('QueuedCommands', { label: 'longest admission queue', stat: 'Maximum' }),
      queue('CommandDeadLetterQueue', 'ApproximateNumberOfMessagesVisible', 'dead letters'),
      queue('RejectedCommandQueue', 'ApproximateNumberOfMessagesVisible', 'rejected commands'),
    ],
  },
  {
    title: 'Age of the oldest command (seconds)',
    lines: [
      queue('CommandQueue', 'ApproximateAgeOfOldestMessage', 'command queue'),
      own('OldestQueuedCommandSeconds', { label: 'admission queues', stat: 'Maximum' }),
    ],
  },
  { title: 'Wait in admission queues (milliseconds)', lines: durations('QueueWaitMilliseconds') },
  {
    title: 'Wait in admission queues by target, p95 (milliseconds)',
    lines: byTarget('QueueWaitMilliseconds', 'p95'),
  },
  { title: 'Reconcile passes (milliseconds)', lines: durations('ReconcileMilliseconds') },
  {
    title: 'Reconcile passes by target, p95 (milliseconds)',
    lines: byTarget('ReconcileMilliseconds', 'p95'),
  },
  { title: 'Targets that were not observed', lines: [own('UnobservedTargets')] },
  { title: 'Stalled work', lines: [own('StalledWork', { label: 'left for the next pass', stat: 'Maximum' })] },
  {
    title: 'Failures of background work',
    lines: (['FailedAdmissions', 'RefusedEvents', 'FailedMaintenance', 'UnexpectedErrors'] as const).map((name) =>
      own(name),
    ),
  },
  { title: 'API requests', lines: [ofApi('Count'), ofApi('4xx'), ofApi('5xx')] },
  {
    title: 'API latency (milliseconds)',
    lines: percentiles((options) => ofApi('Latency', options), ['p50', 'p95', 'p99']),
  },
  { title: 'Function errors', lines: ofFunctions('Errors'), stacked: true },
  { title: 'Function throttles', lines: ofFunctions('Throttles'), stacked: true },
  { title: 'Function duration, p95 (milliseconds)', lines: ofFunctions('Duration'), stat: 'p95' },
  {
    title: 'Executions that ended without a verdict',
    lines: workflowNames.flatMap((name) =>
      ['ExecutionsFailed', 'ExecutionsTimedOut', 'ExecutionsAborted'].map((metric): Line => [
        'AWS/States',
        metric,
        'StateMachineArn',
        `\${${machineOf(name)}}`,
        { label: `${name} ${metric.replace('Executions', '')}` },
      ]),
    ),
    stacked: true,
  },
  {
    title: 'Table throttles',
    lines: ['ReadThrottleEvents', 'WriteThrottleEvents'].flatMap((metric) => [ofTable(metric), ofTable(metric, index)]),
  },
  {
    title: 'Delay of events (milliseconds)',
    lines: [['AWS/Lambda', 'IteratorAge', 'FunctionName', '${PublishLambdaFunction}', { label: 'IteratorAge' }]],
    stat: 'Maximum',
  },
];

const alarmRows = 5;

const alarmWidget = {
  type: 'alarm',
  x: 0,
  y: 0,
  width: columns.count * columns.width,
  height: alarmRows,
  properties: { title: 'Alarms', alarms: Object.keys(alarms).map((name) => `\${${name}.Arn}`) },
};

const graphWidget = ({ title, lines, stat = 'Sum', stacked = false }: Graph, position: number) => ({
  type: 'metric',
  x: (position % columns.count) * columns.width,
  y: alarmRows + Math.floor(position / columns.count) * columns.height,
  width: columns.width,
  height: columns.height,
  properties: {
    title,
    region: '${AWS::Region}',
    view: 'timeSeries',
    stat,
    period: periodSeconds,
    stacked,
    metrics: lines,
  },
});

/** The body has the names of resources, which CloudFormation replaces. */
const body = { widgets: [alarmWidget, ...graphs.map(graphWidget)] };

export const dashboard = {
  Type: 'AWS::CloudWatch::Dashboard',
  Properties: { DashboardName: '${self:provider.stackName}', DashboardBody: { 'Fn::Sub': JSON.stringify(body) } },
};
