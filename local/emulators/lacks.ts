import type { Emulator, EmulatorKind } from './inspect.ts';

/** The services of the stack, with the names that each emulator reports them under. */
const neededServices: Readonly<Record<string, Readonly<Record<EmulatorKind, string>>>> = {
  'API Gateway (HTTP APIs)': { ministack: 'apigateway', localstack: 'apigatewayv2' },
  CloudFormation: { ministack: 'cloudformation', localstack: 'cloudformation' },
  CloudWatch: { ministack: 'monitoring', localstack: 'cloudwatch' },
  'CloudWatch Logs': { ministack: 'logs', localstack: 'logs' },
  DynamoDB: { ministack: 'dynamodb', localstack: 'dynamodb' },
  'DynamoDB Streams': { ministack: 'dynamodbstreams', localstack: 'dynamodbstreams' },
  EventBridge: { ministack: 'events', localstack: 'events' },
  'EventBridge Scheduler': { ministack: 'scheduler', localstack: 'scheduler' },
  IAM: { ministack: 'iam', localstack: 'iam' },
  Lambda: { ministack: 'lambda', localstack: 'lambda' },
  S3: { ministack: 's3', localstack: 's3' },
  SQS: { ministack: 'sqs', localstack: 'sqs' },
  STS: { ministack: 'sts', localstack: 'sts' },
  'Step Functions': { ministack: 'states', localstack: 'stepfunctions' },
};

/** The services without which the stack cannot be deployed, as the emulator does not offer them. */
export const findMissingServices = ({ kind, services }: Emulator): readonly string[] =>
  Object.entries(neededServices)
    .filter(([, names]) => !services.has(names[kind]))
    .map(([service]) => service);

const enforcement: Readonly<Record<EmulatorKind, string>> = {
  ministack: 'AUTH=true',
  localstack: 'ENFORCE_IAM=1 (Base plan or higher)',
};

/** EKS is replaced for every emulator, because the API of EKS cannot set the endpoint of a cluster. */
const eks =
  'EKS: the local system answers eks:DescribeCluster and reviews tokens in place of the emulator. IAM does not check eks:DescribeCluster.';

const lacksOfKind: Readonly<Record<EmulatorKind, readonly string[]>> = {
  ministack: [],
  localstack: [
    'EventBridge Scheduler: LocalStack stores schedules and never starts them. Clusters are not reconciled, lifetimes do not end, and schedules do not run.',
    'Kubernetes: LocalStack runs functions in containers, which do not reach the API server on 127.0.0.1. A command that needs it fails with target-unreachable.',
  ],
};

/** What does not work on an emulator that can deploy the stack, one sentence or two for each part. */
export const findLacks = ({ kind, acceptsUnknownKeys }: Emulator): readonly string[] => [
  ...(acceptsUnknownKeys
    ? [`IAM: the emulator accepts unknown keys and enforces no policy. Start it with ${enforcement[kind]}.`]
    : []),
  eks,
  ...lacksOfKind[kind],
];
