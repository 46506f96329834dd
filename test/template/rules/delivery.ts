import { at, functionOf, ofTypes, propertyOf, refersTo, type Rule, type Subject, unless } from './rule.ts';

/** The resource that an attribute is of. */
const ownerOf = (value: unknown): string => String(at(value, 'Fn::GetAtt', '0'));

const queueOf = (mapping: Subject, resources: readonly Subject[]): Subject | undefined =>
  resources.find(({ id, Type }) => Type === 'AWS::SQS::Queue' && id === ownerOf(propertyOf(mapping, 'EventSourceArn')));

const isFromQueue = (mapping: Subject): boolean =>
  at(propertyOf(mapping, 'EventSourceArn'), 'Fn::GetAtt', '1') === 'Arn';

/** The queues that a person reads. */
const unreceivedQueues = (context: { readonly resources: readonly Subject[] }): readonly Subject[] => {
  const { resources } = context;
  const mappings = resources.filter(({ Type }) => Type === 'AWS::Lambda::EventSourceMapping');
  return resources.filter(
    ({ id, Type }) =>
      Type === 'AWS::SQS::Queue' && !mappings.some((mapping) => refersTo(propertyOf(mapping, 'EventSourceArn'), id)),
  );
};

export const deliveryRules: readonly Rule[] = [
  {
    name: 'hides a message for six times as long as its function may take',
    reason: 'Lambda may be throttled, and AWS recommends it. Otherwise a second execution starts beside the first.',
    select: (context) => ofTypes('AWS::Lambda::EventSourceMapping')(context).filter(isFromQueue),
    check: (mapping, { resources }) => {
      const visible = Number(propertyOf(queueOf(mapping, resources)!, 'VisibilityTimeout'));
      const seconds = Number(propertyOf(functionOf(mapping.Properties['FunctionName'], resources)!, 'Timeout'));
      const window = Number(propertyOf(mapping, 'MaximumBatchingWindowInSeconds') ?? 0);
      return unless(visible >= 6 * seconds + window, `has a visibility timeout of ${visible} seconds`);
    },
  },
  {
    name: 'has a maximum concurrency for each queue',
    reason: 'The API server of a target serves the functions beside its other clients.',
    select: (context) => ofTypes('AWS::Lambda::EventSourceMapping')(context).filter(isFromQueue),
    check: (mapping) => unless(Number(propertyOf(mapping, 'ScalingConfig', 'MaximumConcurrency')) >= 2, 'has none'),
  },
  {
    name: 'keeps what a function could not handle',
    reason: 'Nothing may be lost without an alarm.',
    select: ofTypes('AWS::Lambda::EventSourceMapping'),
    check: (mapping, { resources }) =>
      unless(
        isFromQueue(mapping)
          ? propertyOf(queueOf(mapping, resources)!, 'RedrivePolicy', 'deadLetterTargetArn') !== undefined
          : propertyOf(mapping, 'DestinationConfig', 'OnFailure', 'Destination') !== undefined,
        'has no dead-letter queue',
      ),
    except: {
      AdmitEventSourceMappingSQSAdmissionQueue: 'dispatchReconcile repeats each request every minute.',
      ReconcileEventSourceMappingSQSReconcileQueue: 'dispatchReconcile repeats each request every minute.',
      ReconcileEventSourceMappingSQSYoungApplicationQueue: 'A pass each minute finds what a lost request misses.',
    },
  },
  {
    name: 'has an alarm on each queue that no function receives from',
    reason: 'Its messages are lost after 14 days, unless a person reads them.',
    select: unreceivedQueues,
    check: ({ id }, { resources }) =>
      unless(
        resources.some(
          (alarm) =>
            alarm.Type === 'AWS::CloudWatch::Alarm' &&
            propertyOf(alarm, 'MetricName') === 'ApproximateNumberOfMessagesVisible' &&
            refersTo(propertyOf(alarm, 'Dimensions'), id),
        ),
        'has no alarm',
      ),
    except: {
      RejectedCommandQueue: 'A rejected command is a mistake of its sender, who gets the event Flink Command Rejected.',
    },
  },
  {
    name: 'limits the retries of schedules',
    reason: 'EventBridge Scheduler and Lambda retry for hours by default, when the next invocation is long due.',
    select: ofTypes('AWS::Scheduler::Schedule'),
    check: (schedule, { resources }) => {
      const invoked = functionOf(propertyOf(schedule, 'Target', 'Arn'), resources);
      const byLambda = resources.some(
        ({ Type, Properties }) =>
          Type === 'AWS::Lambda::EventInvokeConfig' &&
          'MaximumEventAgeInSeconds' in Properties &&
          functionOf(Properties['FunctionName'], resources) === invoked,
      );
      const age = propertyOf(schedule, 'Target', 'RetryPolicy', 'MaximumEventAgeInSeconds');
      return unless(byLambda && Number(age) <= 3_600, 'is retried for hours');
    },
  },
];
