/** The alarms, the topic that they notify and the dashboard, as resources and outputs of the template. */
import type { StageSettings } from '../stage-settings.ts';
import { type Alarm, alarms } from './alarm-table.ts';
import { dashboard } from './dashboard.ts';
import { topicArnOf, topicOf } from './topic.ts';

const comparisonOf = ({ threshold }: Alarm) =>
  threshold === 'not-invoked'
    ? { Threshold: 1, ComparisonOperator: 'LessThanThreshold', TreatMissingData: 'breaching' }
    : { Threshold: threshold, ComparisonOperator: 'GreaterThanThreshold', TreatMissingData: 'notBreaching' };

/** An alarm in CloudFormation's terms. It notifies the topic of the stage. */
export const alarmResource = (alarm: Alarm, settings: StageSettings) => ({
  Type: 'AWS::CloudWatch::Alarm',
  Properties: {
    AlarmDescription: alarm.description,
    Namespace: alarm.metric[0],
    MetricName: alarm.metric[1],
    Dimensions: Object.entries(alarm.dimensions).map(([Name, Value]) => ({ Name, Value })),
    Statistic: alarm.statistic,
    Period: alarm.periodSeconds,
    EvaluationPeriods: alarm.periods ?? 1,
    DatapointsToAlarm: alarm.breaching ?? 1,
    ...comparisonOf(alarm),
    AlarmActions: [topicArnOf(settings)],
    OKActions: [topicArnOf(settings)],
  },
});

export const alarmsOf = (settings: StageSettings) =>
  Object.fromEntries(Object.entries(alarms).map(([name, alarm]) => [name, alarmResource(alarm, settings)]));

export const monitoringOf = (settings: StageSettings) => ({
  ...topicOf(settings),
  ...alarmsOf(settings),
  Dashboard: dashboard,
});

export const monitoringOutputsOf = (settings: StageSettings) => ({
  AlarmTopicArn: { Value: topicArnOf(settings) },
  DashboardName: { Value: { Ref: 'Dashboard' } },
});
