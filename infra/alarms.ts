/** The CloudWatch alarms. Each one needs a person: its description says what happened and what to do. */
import type { WorkflowName } from '#events/commands/define.ts';

import { type FunctionName, toPascalCase } from './functions.ts';
import type { QueueName } from './queues.ts';
import type { StageSettings } from './stage-settings.ts';
import { machineOf } from './state-machines/resources.ts';

interface Alarm {
  readonly description: string;
  readonly metric: readonly [namespace: string, name: string];
  readonly dimension: readonly [name: string, value: Readonly<Record<string, unknown>>];
  readonly statistic: 'Sum' | 'Maximum';
  readonly periodSeconds: number;
  readonly periods?: number;
  /** The alarm goes off above this value. */
  readonly threshold: number;
}

const onMessages = (queue: QueueName, description: string): Alarm => ({
  description,
  metric: ['AWS/SQS', 'ApproximateNumberOfMessagesVisible'],
  dimension: ['QueueName', { 'Fn::GetAtt': [queue, 'QueueName'] }],
  statistic: 'Maximum',
  periodSeconds: 60,
  threshold: 0,
});

const onFailedExecutions = (workflow: WorkflowName, description: string): Alarm => ({
  description,
  metric: ['AWS/States', 'ExecutionsFailed'],
  dimension: ['StateMachineArn', { Ref: machineOf(workflow) }],
  statistic: 'Sum',
  periodSeconds: 300,
  threshold: 0,
});

const functionDimension = (name: FunctionName): Alarm['dimension'] => [
  'FunctionName',
  { Ref: `${toPascalCase(name)}LambdaFunction` },
];

/** More than four errors in five minutes: the function fails each minute. */
const onErrors = (name: FunctionName, description: string): Alarm => ({
  description,
  metric: ['AWS/Lambda', 'Errors'],
  dimension: functionDimension(name),
  statistic: 'Sum',
  periodSeconds: 300,
  threshold: 4,
});

const onIteratorAge = (name: FunctionName, description: string): Alarm => ({
  description,
  metric: ['AWS/Lambda', 'IteratorAge'],
  dimension: functionDimension(name),
  statistic: 'Maximum',
  periodSeconds: 60,
  periods: 5,
  threshold: 300_000, // milliseconds
});

/**
 * The alarms that a bad version of the functions sets off. A gradual update stops and rolls back when one of them goes off.
 * Alarms that stay on after their cause is gone, such as those on dead letters, are not among them.
 */
export const badVersionAlarms = [
  'FailedReconcileDispatchAlarm',
  'FailedReconcilesAlarm',
  'FailedAdmissionsAlarm',
] as const;

const alarms: Readonly<Record<string, Alarm>> = {
  CommandDeadLettersAlarm: onMessages(
    'CommandDeadLetterQueue',
    'A queued command failed in each attempt and is now a dead letter. Read its problem with GET /v1/dead-letters. Remove the cause, then redrive the command.',
  ),
  TimerEventDeadLettersAlarm: onMessages(
    'TimerEventDeadLetterQueue',
    'A timer event failed in each attempt. The reconciler still ends clusters whose time has come, but a run of a schedule is lost. Read the message and the log of the function timerEvents, then repeat the run manually.',
  ),
  UnpublishedEventsAlarm: onMessages(
    'UnpublishedEventQueue',
    'Events could not be published to the bus. The table still has them, and each message names their position in its stream. Read the log of the function publish.',
  ),
  FailedStartupsAlarm: onFailedExecutions(
    'startup',
    'A startup execution failed without a verdict. The deploy fails at its deadline. Read the history of the execution, which is named after the operation.',
  ),
  FailedSubmissionsAlarm: onFailedExecutions(
    'submission',
    'A submission execution failed without a verdict. The submit fails at its deadline. Read the history of the execution, which is named after the operation.',
  ),
  FailedSnapshotsAlarm: onFailedExecutions(
    'snapshot',
    'A snapshot execution failed without a verdict. The operation fails at its deadline. Read the history of the execution, which is named after the operation.',
  ),
  FailedCleanupsAlarm: onFailedExecutions(
    'cleanup',
    'A cleanup execution failed without a verdict. Objects of the cluster may remain in Kubernetes. Read the history of the execution, and stop the cluster again.',
  ),
  FailedReconcileDispatchAlarm: onErrors(
    'dispatchReconcile',
    'No target is reconciled: changes of clusters are not noticed, and clusters do not expire. Read the log of the function dispatchReconcile.',
  ),
  FailedReconcilesAlarm: onErrors(
    'reconcile',
    'Some targets are not reconciled: changes of their clusters are not noticed. Read the log of the function reconcile for the target and the reason.',
  ),
  FailedAdmissionsAlarm: onErrors(
    'admit',
    'Queued commands are not admitted although the target may have capacity. Read the log of the function admit for the target and the reason.',
  ),
  LatePublishingAlarm: onIteratorAge(
    'publish',
    'Events reach the bus more than five minutes late. Read the log of the function publish, and check the quotas of EventBridge.',
  ),
};

const alarmResource = (alarm: Alarm) => ({
  Type: 'AWS::CloudWatch::Alarm',
  Properties: {
    AlarmDescription: alarm.description,
    Namespace: alarm.metric[0],
    MetricName: alarm.metric[1],
    Dimensions: [{ Name: alarm.dimension[0], Value: alarm.dimension[1] }],
    Statistic: alarm.statistic,
    Period: alarm.periodSeconds,
    EvaluationPeriods: alarm.periods ?? 1,
    Threshold: alarm.threshold,
    ComparisonOperator: 'GreaterThanThreshold',
    TreatMissingData: 'notBreaching',
  },
});

export const alarmsOf = (_settings: StageSettings) =>
  Object.fromEntries(Object.entries(alarms).map(([name, alarm]) => [name, alarmResource(alarm)]));
