/** The requests of `shared/aws/transport/operations.ts`, made by Drey itself or by the AWS SDK. */
import { EKSClient, DescribeClusterCommand } from '@aws-sdk/client-eks';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import {
  CopyObjectCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import {
  CreateScheduleCommand,
  DeleteScheduleCommand,
  GetScheduleCommand,
  SchedulerClient,
  UpdateScheduleCommand,
} from '@aws-sdk/client-scheduler';
import { SendTaskFailureCommand, SendTaskSuccessCommand, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import {
  BatchGetCommand,
  DeleteCommand,
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  TransactWriteCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { vi } from 'vitest';

import { callDynamoDb, marshalling } from '#shared/aws/services/dynamodb.ts';
import { callJson } from '#shared/aws/services/json.ts';
import { callRestJson } from '#shared/aws/services/rest-json.ts';
import { callS3 } from '#shared/aws/services/s3.ts';
import { callSts } from '#shared/aws/services/sts.ts';
import type { Action, Call, Credentials, DynamoDbAction } from '#shared/aws/transport/operations.ts';

/** Where AWS is, and with which credentials. */
export interface AwsPlace {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: Credentials;
}

/** Makes the environment that of a function at this place. */
export const stubAws = ({ endpoint, region, credentials }: AwsPlace): void => {
  vi.stubEnv('AWS_ENDPOINT_URL', endpoint);
  vi.stubEnv('AWS_REGION', region);
  vi.stubEnv('AWS_ACCESS_KEY_ID', credentials.accessKeyId);
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', credentials.secretAccessKey);
  vi.stubEnv('AWS_SESSION_TOKEN', credentials.sessionToken ?? '');
};

/** The requests of Drey to a DynamoDB at this endpoint. */
export const callAt =
  (endpoint: string, place: AwsPlace): Call<DynamoDbAction> =>
  (action, input, options) => {
    stubAws({ ...place, endpoint });
    return callDynamoDb(action, input, options);
  };

/** The requests as Drey makes them. */
export const callAws: Call<Action> = async (action, input, options) => {
  const calls: readonly (readonly [prefix: string, call: unknown])[] = [
    ['dynamodb:', callDynamoDb],
    ['s3:', callS3],
    ['sts:', callSts],
    ['eks:', callRestJson],
    ['scheduler:', callRestJson],
    ['', callJson],
  ];
  const [, call] = calls.find(([prefix]) => action.startsWith(prefix)) ?? [];
  return (call as Call<Action>)(action, input, options);
};

const commands: Readonly<Record<Action, unknown>> = {
  'dynamodb:GetItem': GetCommand,
  'dynamodb:BatchGetItem': BatchGetCommand,
  'dynamodb:Query': QueryCommand,
  'dynamodb:PutItem': PutCommand,
  'dynamodb:UpdateItem': UpdateCommand,
  'dynamodb:DeleteItem': DeleteCommand,
  'dynamodb:TransactWriteItems': TransactWriteCommand,
  'states:StartExecution': StartExecutionCommand,
  'states:SendTaskSuccess': SendTaskSuccessCommand,
  'states:SendTaskFailure': SendTaskFailureCommand,
  'sqs:SendMessage': SendMessageCommand,
  'sqs:ReceiveMessage': ReceiveMessageCommand,
  'sqs:DeleteMessage': DeleteMessageCommand,
  'sqs:ChangeMessageVisibility': ChangeMessageVisibilityCommand,
  'events:PutEvents': PutEventsCommand,
  'eks:DescribeCluster': DescribeClusterCommand,
  'scheduler:GetSchedule': GetScheduleCommand,
  'scheduler:CreateSchedule': CreateScheduleCommand,
  'scheduler:UpdateSchedule': UpdateScheduleCommand,
  'scheduler:DeleteSchedule': DeleteScheduleCommand,
  's3:GetObject': GetObjectCommand,
  's3:HeadObject': HeadObjectCommand,
  's3:PutObject': PutObjectCommand,
  's3:CopyObject': CopyObjectCommand,
  's3:DeleteObject': DeleteObjectCommand,
  's3:ListObjectsV2': ListObjectsV2Command,
  'sts:AssumeRole': AssumeRoleCommand,
  'sts:GetCallerIdentity': GetCallerIdentityCommand,
};

interface Client {
  send(command: unknown, options: { readonly abortSignal?: AbortSignal | undefined }): Promise<unknown>;
}

/** The same requests by the clients of the AWS SDK, which take place and credentials from the environment. */
export const callSdk: Call<Action> = async (action, input, { signal, ...options } = {}) => {
  const config = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
  const clients: Readonly<Record<string, () => unknown>> = {
    dynamodb: () => DynamoDBDocumentClient.from(new DynamoDBClient(config), { marshallOptions: marshalling }),
    eks: () => new EKSClient(config),
    events: () => new EventBridgeClient(config),
    s3: () =>
      new S3Client({
        ...config,
        requestChecksumCalculation: 'WHEN_REQUIRED',
        responseChecksumValidation: 'WHEN_REQUIRED',
      }),
    scheduler: () => new SchedulerClient(config),
    sqs: () => new SQSClient(config),
    states: () => new SFNClient(config),
    sts: () => new STSClient(config),
  };
  const client = clients[action.split(':')[0] ?? '']?.() as Client; // Each service has a client.
  const Command = commands[action] as new (input: unknown) => unknown;
  return (await client.send(new Command(input), { abortSignal: signal })) as never; // The answer of this action.
};
