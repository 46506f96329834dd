/** The SQS queues. Messages stay for 14 days where a person may have to read them. */
import { maxReceives } from '#shared/retries.ts';

import { type FunctionEntry, functions, type SqsSource } from './functions.ts';

interface QueueOptions {
  /** The name after that of the stack. */
  readonly name: string;
  readonly retentionSeconds?: number;
  /** Where a message goes after `maxReceives` receives. */
  readonly deadLetters?: { readonly queue: string; readonly maxReceives: number };
  readonly properties?: Readonly<Record<string, unknown>>;
}

const fourteenDays = 14 * 86_400;

/** The properties of a FIFO queue that delivers many message groups at once. */
const manyGroups = {
  FifoQueue: true,
  DeduplicationScope: 'messageGroup',
  FifoThroughputLimit: 'perMessageGroupId',
} as const;

const queues = {
  /** Commands in order per cluster: one message group per cluster, and many groups at once. */
  CommandQueue: {
    name: 'commands.fifo',
    deadLetters: { queue: 'CommandDeadLetterQueue', maxReceives },
    properties: { ...manyGroups, ContentBasedDeduplication: true },
  },
  CommandDeadLetterQueue: { name: 'commands-dead-letters.fifo', properties: { FifoQueue: true } },
  RejectedCommandQueue: { name: 'commands-rejected' },
  /** Positions in the table's stream from which events could not be published. */
  UnpublishedEventQueue: { name: 'events-unpublished' },
  /** `dispatchReconcile` repeats each request every minute. An older request is worthless. */
  ReconcileQueue: { name: 'reconcile', retentionSeconds: 60 },
  /** Requests about young applications, which arrive up to a minute after they were sent. */
  YoungApplicationQueue: { name: 'young-applications', retentionSeconds: 120 },
  /**
   * Requests for admission passes: one message group per target, so that one function at a time decides about a target.
   * `dispatchReconcile` repeats the request every minute.
   */
  AdmissionQueue: { name: 'admission.fifo', retentionSeconds: 300, properties: manyGroups },
  /** Timer events from EventBridge Scheduler. The queue evens out events of the same time. */
  TimerEventQueue: {
    name: 'timer-events',
    retentionSeconds: 4 * 86_400,
    deadLetters: { queue: 'TimerEventDeadLetterQueue', maxReceives },
  },
  /** Timer events that EventBridge Scheduler could not send, or that failed each time. */
  TimerEventDeadLetterQueue: { name: 'timer-events-dead-letters' },
} as const satisfies Record<string, QueueOptions>;

export type QueueName = keyof typeof queues;
const queueNames = Object.keys(queues) as QueueName[]; // the keys of the table

/** `provider.timeout` of serverless.yml, in seconds. */
export const defaultTimeoutSeconds = 29;

/** Six times the timeout of the function that receives from the queue, as AWS recommends. */
const visibilityOf = (queue: string): number | undefined => {
  for (const { events, timeout = defaultTimeoutSeconds } of Object.values<FunctionEntry>(functions)) {
    const source: SqsSource | undefined = events
      .flatMap((event) => ('sqs' in event ? [event.sqs] : []))
      .find(({ arn }) => arn['Fn::GetAtt'][0] === queue);
    if (source !== undefined) return 6 * timeout;
  }
  return undefined;
};

const queueResource = (
  logicalName: QueueName,
  { name, retentionSeconds = fourteenDays, deadLetters, properties = {} }: QueueOptions,
) => {
  const visibilitySeconds = visibilityOf(logicalName);
  return {
    Type: 'AWS::SQS::Queue',
    Properties: {
      QueueName: `\${self:provider.stackName}-${name}`,
      ...properties,
      ...(visibilitySeconds === undefined ? {} : { VisibilityTimeout: visibilitySeconds }),
      MessageRetentionPeriod: retentionSeconds,
      SqsManagedSseEnabled: true,
      ...(deadLetters === undefined
        ? {}
        : {
            RedrivePolicy: {
              deadLetterTargetArn: { 'Fn::GetAtt': [deadLetters.queue, 'Arn'] },
              maxReceiveCount: deadLetters.maxReceives,
            },
          }),
    },
  };
};

const tlsOnly = {
  Type: 'AWS::SQS::QueuePolicy',
  Condition: 'OnAws',
  Properties: {
    Queues: queueNames.map((name) => ({ Ref: name })),
    PolicyDocument: {
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Deny',
          Principal: '*',
          Action: 'sqs:*',
          Resource: '*',
          Condition: { Bool: { 'aws:SecureTransport': 'false' } },
        },
      ],
    },
  },
};

export const queueResources = {
  ...Object.fromEntries(queueNames.map((name) => [name, queueResource(name, queues[name])])),
  TlsOnly: tlsOnly,
};
