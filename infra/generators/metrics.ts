/** Writes docs/metrics.md from the tables of metrics, alarms and functions. The page is committed, and a unit test compares it. */
import { writeFileSync } from 'node:fs';

import { metricNames, metricOf } from '#shared/metrics.ts';

import { type FunctionEntry, functionNames, functions } from '../functions.ts';
import { type Alarm, alarms } from '../monitoring/alarm-table.ts';

const introduction = `\
# Metrics and alarms

This page lists what a stack measures, when its alarms go off, and how many functions run at once. The output \`DashboardName\` of the stack is a CloudWatch dashboard with all of it:

\`\`\`
aws cloudformation describe-stacks --stack-name drey-prod --query "Stacks[0].Outputs[?OutputKey=='DashboardName'].OutputValue" --output text
\`\`\`

Every alarm notifies the SNS topic in the output \`AlarmTopicArn\` when it goes off, and again when it is over. The stage settings name who receives it ([deploy-to-aws.md](deploy-to-aws.md)).
Flink's own metrics, and a dashboard for Grafana, are in [monitoring.md](monitoring.md).

## Metrics

The functions write these metrics to the namespace \`Drey\`. Each metric has the dimensions \`service\` (\`drey\`) and \`stage\`, and at most one more.
Two metrics also exist with the dimension \`target\`. The others are not divided by target, and none by cluster or job, because CloudWatch bills each combination of dimensions as a metric.
The log lines of a metric have fields that say more, such as the target, the cluster ID and the operation ID. This CloudWatch Logs Insights query, in the log group of the function, lists the targets that were not observed:

\`\`\`
filter ispresent(UnobservedTargets) | stats count(*) by target, code
\`\`\`

CloudWatch computes percentiles of a duration, such as \`p95\`, from all of its values. The dashboard shows \`p50\`, \`p95\` and \`p99\`. Logs Insights does the same by any field, here of the log group of the function publish:

\`\`\`
filter ispresent(StopMilliseconds) | stats count(*), pct(StopMilliseconds, 95) by target
\`\`\`

| metric | unit | dimension | what it measures | written by |
| --- | --- | --- | --- | --- |
`;

const metricRow = (name: (typeof metricNames)[number]) => {
  const { unit, description, writtenBy, dimension, byTarget = false } = metricOf(name);
  const functionsOf = writtenBy.map((one) => (one.includes(' ') ? one : `\`${one}\``)).join(', ');
  const dimensions = [dimension?.name ?? [], byTarget ? 'target' : []].flat().map((one) => `\`${one}\``);
  return `| \`${name}\` | ${unit} | ${dimensions.join(', ')} | ${description} | ${functionsOf} |`;
};

const notes = `
A metric that counts is 1 for each time. Publishing repeats an event that was not acknowledged, so \`Verdicts\`, \`FailedOperations\`, \`StopMilliseconds\` and \`RolloutPhaseMilliseconds\` may have a command twice.
The other durations are written after the transition is recorded, at most once. A function that ends in between leaves one out.
API Gateway, Lambda, SQS, Step Functions and DynamoDB have metrics of their own, which the dashboard and the alarms use, too.
The dashboard shows rejected commands without an alarm, because their senders have to correct them. Each one is published as \`Flink Command Rejected\` ([events.md](events.md)).

## Alarms

CloudFormation puts \`drey-<stage>-\` before each name and a suffix after it. Without data an alarm is OK, except those on invocations: no data means no invocation.
After the first deploy each alarm notifies once that it is OK. Those on invocations may go off before, until CloudWatch has counted the first invocation.

| alarm | goes off when | what happened and what to do |
| --- | --- | --- |
`;

const durationOf = (seconds: number) =>
  seconds % 3_600 === 0 ? `${seconds / 3_600} h` : seconds % 60 === 0 ? `${seconds / 60} min` : `${seconds} s`;

const conditionOf = ({ metric: [, name], statistic, periodSeconds, periods = 1, breaching = 1, threshold }: Alarm) => {
  const value = threshold === 'not-invoked' ? `\`${name}\` is 0` : `${statistic} of \`${name}\` > ${threshold}`;
  const period = durationOf(periodSeconds);
  return periods === 1 ? `${value} in ${period}` : `${value} in ${breaching} of ${periods} periods of ${period}`;
};

const alarmRows = Object.entries(alarms).map(
  ([name, alarm]) => `| \`${name}\` | ${conditionOf(alarm)} | ${alarm.description} |`,
);

const concurrency = `
## Concurrency

The maximum number of concurrent executions of these functions:

| function | at once | because of |
| --- | --- | --- |
`;

interface Limit {
  readonly name: string;
  readonly atOnce: number;
  readonly reason: string;
}

const limitsOf = (name: string, { events }: FunctionEntry): readonly Limit[] =>
  events.flatMap((event) => {
    if ('sqs' in event)
      return [
        { name, atOnce: event.sqs.maximumConcurrency, reason: `its queue \`${event.sqs.arn['Fn::GetAtt'][0]}\`` },
      ];
    return 'schedule' in event ? [{ name, atOnce: 1, reason: event.schedule.rate.join(', ') }] : [];
  });

const limits = functionNames.flatMap((name) => limitsOf(name, functions[name]));
const sum = limits.reduce((total, { atOnce }) => total + atOnce, 0);

const limitRows = limits.map(({ name, atOnce, reason }) => `| \`${name}\` | ${atOnce} | ${reason} |`);

const need = `
Together these are ${sum}. Further executions are those of \`publish\` (10 for each shard of the table's stream), one for each cluster that starts or is removed, one for each other step of a running state machine, and one for each request of the API.
Plan for about 200 at once with a few hundred clusters.

The quota of an account is 1,000 executions at once in a Region, for all functions of the account. New accounts have less, sometimes 10. Request an increase of the quota "Concurrent executions" before the first deploy:

\`\`\`
aws lambda get-account-settings --query AccountLimit.ConcurrentExecutions
aws service-quotas request-service-quota-increase --service-code lambda --quota-code L-B99A9384 --desired-value 1000
\`\`\`

Above the quota, Lambda throttles. Queues and state machines then repeat their invocations, callers of the API get 5xx, and the alarms on throttles go off.
A cluster that starts occupies one execution of \`startup\`, for up to three minutes ([scale.md](scale.md#waiting-for-starts-and-ends)). The stage setting \`startupConcurrency\` bounds these executions: further starts are throttled and retried, and the alarm on throttles of \`startup\` goes off.
The stage setting \`reservedConcurrency\` keeps executions free for \`commandQueue\`, so that other functions of the account cannot delay commands. Lambda refuses it when fewer than 100 unreserved executions remain in the account, so there is no default.
`;

export const metricsPage = [
  introduction,
  ...metricNames.map((name) => `${metricRow(name)}\n`),
  notes,
  ...alarmRows.map((row) => `${row}\n`),
  concurrency,
  ...limitRows.map((row) => `${row}\n`),
  need,
].join('');

if (import.meta.main) writeFileSync('docs/metrics.md', metricsPage);
