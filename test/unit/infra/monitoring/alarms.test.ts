import { describe, expect, it } from 'vitest';

import { metricNames, metricOf } from '#shared/metrics.ts';

import { type FunctionEntry, functionNames, functions, toPascalCase } from '../../../../infra/functions.ts';
import { alarms } from '../../../../infra/monitoring/alarm-table.ts';
import { alarmsOf, monitoringOf, monitoringOutputsOf } from '../../../../infra/monitoring/alarms.ts';
import { queueResources } from '../../../../infra/queues.ts';
import { StageSettings } from '../../../../infra/stage-settings.ts';
import { workflowNames } from '../../../../infra/state-machines/definitions.ts';
import { machineOf } from '../../../../infra/state-machines/resources.ts';

const entries = Object.entries(alarmsOf({})).map(([name, { Properties }]) => ({ name, ...Properties }));

/** The metrics of AWS that alarms may use, with their dimensions, as AWS documents them. */
const awsMetrics: Readonly<Record<string, readonly string[]>> = {
  'AWS/ApiGateway 5xx': ['ApiId'],
  'AWS/DynamoDB ReadThrottleEvents': ['TableName', 'TableName GlobalSecondaryIndexName'],
  'AWS/DynamoDB WriteThrottleEvents': ['TableName', 'TableName GlobalSecondaryIndexName'],
  'AWS/Lambda Errors': ['FunctionName'],
  'AWS/Lambda Invocations': ['FunctionName'],
  'AWS/Lambda IteratorAge': ['FunctionName'],
  'AWS/Lambda Throttles': ['FunctionName'],
  'AWS/SQS ApproximateAgeOfOldestMessage': ['QueueName'],
  'AWS/SQS ApproximateNumberOfMessagesVisible': ['QueueName'],
  'AWS/States ExecutionsAborted': ['StateMachineArn'],
  'AWS/States ExecutionsFailed': ['StateMachineArn'],
  'AWS/States ExecutionsTimedOut': ['StateMachineArn'],
};

/** The resource that an alarm watches, and the metric. */
const watched = entries.map((alarm) => {
  const value = alarm.Dimensions[0]?.Value as { Ref?: string; 'Fn::GetAtt'?: [string, string] };
  return `${value.Ref ?? value['Fn::GetAtt']?.[0] ?? ''} ${alarm.MetricName}`;
});

describe.each(entries)('the alarm $name', (alarm) => {
  it('says what happened and what to do', () => {
    expect(alarm.AlarmDescription.split('. ').length).toBeGreaterThan(1);
    expect(alarm.AlarmDescription.length).toBeLessThanOrEqual(1_024);
  });

  it('can go off, and looks back for no longer than CloudWatch allows', () => {
    expect(alarm.DatapointsToAlarm).toBeLessThanOrEqual(alarm.EvaluationPeriods);
    expect(alarm.Period * alarm.EvaluationPeriods).toBeLessThanOrEqual(86_400);
  });

  it('notifies the topic when it goes off and when it is over', () => {
    expect(alarm.AlarmActions).toEqual([{ Ref: 'AlarmTopic' }]);
    expect(alarm.OKActions).toEqual([{ Ref: 'AlarmTopic' }]);
  });
});

describe.each(entries.filter(({ Namespace }) => Namespace !== 'Drey'))('the alarm $name', (alarm) => {
  it('watches a metric that AWS documents, with its dimensions', () => {
    const names = alarm.Dimensions.map(({ Name }) => Name).join(' ');

    expect(awsMetrics[`${alarm.Namespace} ${alarm.MetricName}`]).toContain(names);
  });
});

describe.each(entries.filter(({ Namespace }) => Namespace === 'Drey'))('the alarm $name', (alarm) => {
  it('watches a metric of the table, with the dimensions that are written', () => {
    const name = metricNames.find((one) => one === alarm.MetricName);

    expect(name === undefined ? 'no such metric' : metricOf(name).dimension).toBeUndefined();
    expect(alarm.Dimensions).toEqual([
      { Name: 'service', Value: 'drey' },
      { Name: 'stage', Value: '${sls:stage}' },
    ]);
  });
});

describe('the alarms', () => {
  it('watch how each state machine ends without a verdict', () => {
    const ends = ['ExecutionsFailed', 'ExecutionsTimedOut', 'ExecutionsAborted'];

    expect(watched).toEqual(
      expect.arrayContaining(workflowNames.flatMap((name) => ends.map((end) => `${machineOf(name)} ${end}`))),
    );
  });

  it('watch every queue of dead letters', () => {
    const texts = JSON.stringify([queueResources, functions]);
    const found = texts.matchAll(/"(?:deadLetterTargetArn|onFailure":\{"arn)":\{"Fn::GetAtt":\["(\w+)"/g);
    const queues = new Set([...found].map(([, queue]) => queue));

    expect(queues).toEqual(new Set(['CommandDeadLetterQueue', 'TimerEventDeadLetterQueue', 'UnpublishedEventQueue']));
    expect(watched).toEqual(
      expect.arrayContaining([...queues].map((queue) => `${queue} ApproximateNumberOfMessagesVisible`)),
    );
  });

  it('watch whether each scheduled function is invoked, and count silence as a failure', () => {
    const scheduled = functionNames.filter((name) =>
      functions[name].events.some((event: FunctionEntry['events'][number]) => 'schedule' in event),
    );
    const silent = entries.filter(({ TreatMissingData }) => TreatMissingData === 'breaching');

    expect(new Set(silent.map(({ Dimensions }) => Dimensions[0]?.Value))).toEqual(
      new Set(scheduled.map((name) => ({ Ref: `${toPascalCase(name)}LambdaFunction` }))),
    );
    for (const alarm of silent)
      expect(alarm).toMatchObject({
        MetricName: 'Invocations',
        Statistic: 'Sum',
        ComparisonOperator: 'LessThanThreshold',
        Threshold: 1,
      });
    expect(entries.find(({ name }) => name === 'DispatchReconcileNotInvokedAlarm')).toMatchObject({
      Period: 60,
      EvaluationPeriods: 5,
      DatapointsToAlarm: 5,
    });
  });

  it('watch throttles of every function without a route, the requests of the others, and the table', () => {
    const background = functionNames.filter((name) => !JSON.stringify(functions[name].events).includes('httpApi'));

    expect(watched).toEqual(
      expect.arrayContaining([
        ...background.map((name) => `${toPascalCase(name)}LambdaFunction Throttles`),
        'HttpApi 5xx',
        'Table ReadThrottleEvents',
        'Table WriteThrottleEvents',
      ]),
    );
  });

  it('watch the metrics of what handlers catch, and the age of commands', () => {
    expect(entries.filter(({ Namespace }) => Namespace === 'Drey').map(({ MetricName }) => MetricName)).toEqual([
      'OldestQueuedCommandSeconds',
      'FailedAdmissions',
      'UnobservedTargets',
      'UnexpectedErrors',
      'RefusedEvents',
      'FailedMaintenance',
    ]);
    expect(watched).toContain('CommandQueue ApproximateAgeOfOldestMessage');
  });
});

describe('the topic of the alarms', () => {
  const typesOf = (settings: StageSettings) =>
    Object.values(monitoringOf(settings)).map(({ Type }: { readonly Type: string }) => Type);

  it('is encrypted with a key that CloudWatch may use for alarms of this account only', () => {
    const { AlarmKey, AlarmTopic, AlarmTopicPolicy } = monitoringOf({}) as Readonly<Record<string, unknown>>;
    const ofThisAccount = { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } };
    const grant = { Effect: 'Allow', Principal: { Service: 'cloudwatch.amazonaws.com' }, Condition: ofThisAccount };

    expect(AlarmTopic).toMatchObject({ Properties: { KmsMasterKeyId: { 'Fn::GetAtt': ['AlarmKey', 'Arn'] } } });
    expect(AlarmKey).toMatchObject({
      Properties: {
        KeyPolicy: { Statement: [{}, { ...grant, Action: ['kms:Decrypt', 'kms:GenerateDataKey*'] }] },
      },
    });
    expect(AlarmTopicPolicy).toMatchObject({
      Properties: {
        PolicyDocument: {
          // The emulator of stage local has no TLS.
          Statement: [
            { ...grant, Action: 'sns:Publish' },
            { 'Fn::If': ['OnAws', { Effect: 'Deny' }, { Ref: 'AWS::NoValue' }] },
          ],
        },
      },
    });
  });

  it('is replaced by the one that the stage names', () => {
    const topicArn = 'arn:aws:sns:eu-central-1:123456789012:oncall';
    const settings = StageSettings.parse({ alarms: { topicArn } });

    expect(Object.values(alarmsOf(settings)).map(({ Properties }) => Properties.AlarmActions)).toEqual(
      Object.keys(alarms).map(() => [topicArn]),
    );
    expect(typesOf(settings).filter((type) => /SNS|KMS/.test(type))).toEqual([]);
    expect(monitoringOutputsOf(settings).AlarmTopicArn).toEqual({ Value: topicArn });
  });

  it('sends to the address that the stage names', () => {
    const settings = StageSettings.parse({ alarms: { email: 'oncall@example.com' } });

    expect(monitoringOf(settings)).toMatchObject({
      AlarmSubscription: { Properties: { Protocol: 'email', Endpoint: 'oncall@example.com' } },
    });
    expect(typesOf({})).not.toContain('AWS::SNS::Subscription');
  });

  it.each([
    { topicArn: 'oncall' },
    { email: 'oncall' },
    { topicArn: 'arn:aws:sns:r:123456789012:t', email: 'a@b.c' },
    {},
  ])('is not configured by %o', (setting) => {
    expect(StageSettings.safeParse({ alarms: setting }).success).toBe(false);
  });
});
