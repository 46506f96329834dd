/** The CloudWatch alarms. Each one needs a person: its description says what happened and what to do. */
import type { WorkflowName } from '#events/commands/define.ts';
import { metricNamespace, type PlainMetricName, serviceName } from '#shared/metrics.ts';

import { type FunctionEntry, type FunctionName, functionNames, functions, toPascalCase } from '../functions.ts';
import type { QueueName } from '../queues.ts';
import { workflowNames } from '../state-machines/definitions.ts';
import { machineOf } from '../state-machines/resources.ts';

export interface Alarm {
  readonly description: string;
  readonly metric: readonly [namespace: string, name: string];
  readonly dimensions: Readonly<Record<string, unknown>>;
  readonly statistic: 'Sum' | 'Maximum';
  readonly periodSeconds: number;
  /** The alarm goes off when `breaching` of the last `periods` are beyond the threshold. Both are 1 if left out. */
  readonly periods?: number;
  readonly breaching?: number;
  /** The alarm goes off above this value, or without an invocation. */
  readonly threshold: number | 'not-invoked';
}

const minute = 60;
const fiveMinutes = 5 * minute;
const hour = 60 * minute;

/** Something failed in four of the last five minutes, so it does not pass by itself. */
const repeatedly = { statistic: 'Sum', periodSeconds: minute, periods: 5, breaching: 4, threshold: 0 } as const;

const onMessages = (queue: QueueName, description: string): Alarm => ({
  description,
  metric: ['AWS/SQS', 'ApproximateNumberOfMessagesVisible'],
  dimensions: queueDimension(queue),
  statistic: 'Maximum',
  periodSeconds: minute,
  threshold: 0,
});

const queueDimension = (queue: QueueName) => ({ QueueName: { 'Fn::GetAtt': [queue, 'QueueName'] } });

const onMessageAge = (queue: QueueName, threshold: number, description: string): Alarm => ({
  description,
  metric: ['AWS/SQS', 'ApproximateAgeOfOldestMessage'],
  dimensions: queueDimension(queue),
  statistic: 'Maximum',
  periodSeconds: fiveMinutes,
  threshold,
});

const onFunction = (
  name: FunctionName,
  metric: 'Errors' | 'Throttles' | 'Invocations' | 'IteratorAge',
  alarm: Omit<Alarm, 'metric' | 'dimensions'>,
): Alarm => ({
  metric: ['AWS/Lambda', metric],
  dimensions: { FunctionName: { Ref: `${toPascalCase(name)}LambdaFunction` } },
  ...alarm,
});

/** More than four errors in five minutes: the function fails each minute. */
const onErrors = (name: FunctionName, description: string): Alarm =>
  onFunction(name, 'Errors', { description, statistic: 'Sum', periodSeconds: fiveMinutes, threshold: 4 });

const onOwn = (name: PlainMetricName, alarm: Omit<Alarm, 'metric' | 'dimensions'>): Alarm => ({
  metric: [metricNamespace, name],
  dimensions: { service: serviceName, stage: '${sls:stage}' },
  ...alarm,
});

/** What an execution that ends without a verdict means, and what to do. */
const afterExecution: Readonly<Record<WorkflowName, string>> = {
  startup: 'The deploy fails at its deadline.',
  submission: 'The submit fails at its deadline.',
  snapshot: 'The operation fails at its deadline.',
  rollout:
    'The cluster may be UPGRADING, and its other commands wait: stop it, and deploy the spec with the snapshot that `drey snapshots` shows. After an apply of a job, the job may not run: submit it again.',
  rescaling: 'The rescale fails at its deadline.',
  cleanup: 'Objects of the cluster may remain in Kubernetes: stop the cluster again.',
};

const executionAlarms = Object.fromEntries(
  workflowNames.flatMap((workflow) =>
    (
      [
        ['Failed', 'failed'],
        ['TimedOut', 'timed out'],
        ['Aborted', 'were aborted by a person,'],
      ] as const
    ).map(([metric, verb]): readonly [string, Alarm] => [
      `${metric}${toPascalCase(workflow)}ExecutionsAlarm`,
      {
        description: `Executions of ${workflow} ${verb} without a verdict. ${afterExecution[workflow]} Read the history of the execution, which is named after the operation.`,
        metric: ['AWS/States', `Executions${metric}`],
        dimensions: { StateMachineArn: { Ref: machineOf(workflow) } },
        statistic: 'Sum',
        periodSeconds: fiveMinutes,
        threshold: 0,
      },
    ]),
  ),
);

/** The functions without a route. A throttled function of the API answers 5xx, on which there is an alarm. */
export const backgroundFunctions = functionNames.filter(
  (name) => !functions[name].events.some((event: FunctionEntry['events'][number]) => 'httpApi' in event),
);

const throttleAlarms = Object.fromEntries(
  backgroundFunctions.map((name): readonly [string, Alarm] => [
    `${toPascalCase(name)}ThrottlesAlarm`,
    onFunction(name, 'Throttles', {
      description: `Lambda throttled the function ${name}, so its work is late. Compare ConcurrentExecutions of the account with its quota, and request a higher quota.`,
      statistic: 'Sum',
      periodSeconds: fiveMinutes,
      threshold: 0,
    }),
  ]),
);

/** An on-demand table throttles when traffic more than doubles within 30 minutes, or when one partition is too hot. */
const tableAlarms = Object.fromEntries(
  (['Read', 'Write'] as const).flatMap((access) =>
    (
      [
        ['Table', 'the table', {}],
        ['Index', 'the index byState', { GlobalSecondaryIndexName: 'byState' }],
      ] as const
    ).map(([part, name, index]): readonly [string, Alarm] => [
      `${part}${access}ThrottlesAlarm`,
      {
        ...repeatedly,
        breaching: 3,
        description: `DynamoDB throttles ${access.toLowerCase()}s of ${name}. Commands fail with limit-reached and are retried. Look for a target or cluster with much more traffic than usual, and check the table quotas of the account.`,
        metric: ['AWS/DynamoDB', `${access}ThrottleEvents`],
        dimensions: { TableName: { Ref: 'Table' }, ...index },
      },
    ]),
  ),
);

/** Half of the time after which a queued command fails. */
const maxQueuedSeconds = 12 * hour;
/** Longer than all deliveries of a command that is returned each time. */
const maxMessageAgeSeconds = 15 * minute;

export const alarms: Readonly<Record<string, Alarm>> = {
  CommandDeadLettersAlarm: onMessages(
    'CommandDeadLetterQueue',
    'A queued command failed in each attempt and is now a dead letter. Read its problem with GET /v1/dead-letters. Remove the cause, then redrive the command.',
  ),
  TimerEventDeadLettersAlarm: onMessages(
    'TimerEventDeadLetterQueue',
    'A timer event failed in each attempt, or EventBridge Scheduler could not send it. The reconciler still ends clusters whose time has come, but a run of a schedule is lost. Read the message and the log of the function timerEvents, then repeat the run manually.',
  ),
  UnpublishedEventsAlarm: onMessages(
    'UnpublishedEventQueue',
    'Events could not be published to the bus. The table still has them, and each message names their position in its stream. Read the log of the function publish.',
  ),
  OldCommandsAlarm: onMessageAge(
    'CommandQueue',
    maxMessageAgeSeconds,
    'A command has been in the command queue for 15 minutes. Read the log of the function commandQueue, and check whether the function is throttled.',
  ),
  OldTimerEventsAlarm: onMessageAge(
    'TimerEventQueue',
    maxMessageAgeSeconds,
    'A timer event has been in its queue for 15 minutes. A run of a schedule that is an hour late is missed. Read the log of the function timerEvents.',
  ),
  OldQueuedCommandsAlarm: onOwn('OldestQueuedCommandSeconds', {
    description:
      'A command has been in an admission queue for 12 hours, and fails after 24 hours if it has no other deadline. Run drey queue list for the target to see what it waits for: raise the limits, stop clusters or cancel the command.',
    statistic: 'Maximum',
    periodSeconds: fiveMinutes,
    threshold: maxQueuedSeconds,
  }),
  FailedAdmissionsAlarm: onOwn('FailedAdmissions', {
    ...repeatedly,
    description:
      'Queued commands are not admitted although the target may have capacity. Search the log of the function admit for FailedAdmissions: the lines have the target and the code.',
  }),
  UnobservedTargetsAlarm: onOwn('UnobservedTargets', {
    ...repeatedly,
    description:
      'A target does not answer or refuses the requests of Drey, so changes of its clusters are not noticed. Search the log of the function reconcile for UnobservedTargets: the lines have the target and the code. Check the endpoint and the access entry of the EKS cluster.',
  }),
  UnexpectedErrorsAlarm: onOwn('UnexpectedErrors', {
    description:
      'A function logged an error, which is a bug of Drey. Search the logs of the functions for level ERROR, and report the line.',
    statistic: 'Sum',
    periodSeconds: fiveMinutes,
    threshold: 0,
  }),
  RefusedEventsAlarm: onOwn('RefusedEvents', {
    ...repeatedly,
    description:
      'The bus refuses events, which are published again. Read the log of the function publish, and check the quotas of EventBridge.',
  }),
  LatePublishingAlarm: onFunction('publish', 'IteratorAge', {
    description:
      'Events reach the bus more than five minutes late. Read the log of the function publish, and check the quotas of EventBridge.',
    statistic: 'Maximum',
    periodSeconds: minute,
    periods: 5,
    breaching: 5,
    threshold: 300_000, // milliseconds
  }),
  FailedMaintenanceAlarm: onOwn('FailedMaintenance', {
    description:
      'The hourly maintenance was incomplete twice in three hours: schedules are not compared, jars of live jobs and revisions of live clusters are not renewed and may expire, or orphans are not reported. Search the log of the function maintenance for FailedMaintenance.',
    statistic: 'Sum',
    periodSeconds: hour,
    periods: 3,
    breaching: 2,
    threshold: 0,
  }),
  MaintenanceErrorsAlarm: onFunction('maintenance', 'Errors', {
    description:
      'The hourly maintenance failed: schedules are not compared, jars of live jobs and revisions of live clusters are not renewed and may expire, or orphans are not reported. Read the log of the function maintenance.',
    statistic: 'Sum',
    periodSeconds: hour,
    threshold: 0,
  }),
  MaintenanceNotInvokedAlarm: onFunction('maintenance', 'Invocations', {
    description:
      'The hourly maintenance has not run for three hours. Check its schedule in EventBridge Scheduler, and whether the function is throttled.',
    statistic: 'Sum',
    periodSeconds: hour,
    periods: 3,
    breaching: 3,
    threshold: 'not-invoked',
  }),
  DispatchReconcileErrorsAlarm: onErrors(
    'dispatchReconcile',
    'No target is reconciled: changes of clusters are not noticed, and clusters do not expire. Read the log of the function dispatchReconcile.',
  ),
  DispatchReconcileNotInvokedAlarm: onFunction('dispatchReconcile', 'Invocations', {
    description:
      'No target has been reconciled for five minutes: changes of clusters are not noticed, and clusters do not expire. Check the schedule of dispatchReconcile in EventBridge Scheduler, and whether the function is throttled.',
    statistic: 'Sum',
    periodSeconds: minute,
    periods: 5,
    breaching: 5,
    threshold: 'not-invoked',
  }),
  ReconcileErrorsAlarm: onErrors(
    'reconcile',
    'Some targets are not reconciled: changes of their clusters are not noticed. Read the log of the function reconcile for the target and the reason.',
  ),
  AdmitErrorsAlarm: onErrors(
    'admit',
    'The function admit stops with an error, so queued commands are not admitted. Read its log.',
  ),
  CommandQueueErrorsAlarm: onErrors(
    'commandQueue',
    'The function commandQueue stops with an error. The command queue delivers its command again. Read its log.',
  ),
  PublishErrorsAlarm: onErrors(
    'publish',
    'The function publish stops with an error, so events are late. Read its log, and check whether EventBridge throttles.',
  ),
  ApiErrorsAlarm: {
    description:
      'The API answered several requests with 5xx. The dashboard has the codes of the failures. Read the logs of the functions for the request IDs.',
    metric: ['AWS/ApiGateway', '5xx'],
    dimensions: { ApiId: { Ref: 'HttpApi' } },
    statistic: 'Sum',
    periodSeconds: fiveMinutes,
    threshold: 4,
  },
  ...executionAlarms,
  ...throttleAlarms,
  ...tableAlarms,
};

/**
 * The alarms that a bad version of the functions sets off. A gradual update stops and rolls back when one of them goes off.
 * Alarms that stay on after their cause is gone, such as those on dead letters, are not among them. Nor are those that a
 * target sets off when it is down: the API then answers 502, 503 and 504, and a pass of `reconcile` may run out of time.
 */
export const badVersionAlarms = [
  'CommandQueueErrorsAlarm',
  'DispatchReconcileErrorsAlarm',
  'AdmitErrorsAlarm',
  'FailedAdmissionsAlarm',
  'PublishErrorsAlarm',
] as const;
