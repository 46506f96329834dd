/** The requests to AWS that Drey makes, by their IAM actions, with the inputs and outputs of the AWS SDK. */
import type { Readable } from 'node:stream';

import type { Cluster, DescribeClusterCommandInput } from '@aws-sdk/client-eks';
import type { PutEventsCommandInput, PutEventsCommandOutput } from '@aws-sdk/client-eventbridge';
import type {
  CopyObjectCommandInput,
  DeleteObjectCommandInput,
  GetObjectCommandInput,
  HeadObjectCommandInput,
  ListObjectsV2CommandInput,
  ListObjectsV2CommandOutput,
} from '@aws-sdk/client-s3';
import type {
  CreateScheduleCommandInput,
  DeleteScheduleCommandInput,
  GetScheduleCommandInput,
  GetScheduleCommandOutput,
  UpdateScheduleCommandInput,
} from '@aws-sdk/client-scheduler';
import type {
  SendTaskFailureCommandInput,
  SendTaskSuccessCommandInput,
  StartExecutionCommandInput,
  StartExecutionCommandOutput,
} from '@aws-sdk/client-sfn';
import type {
  ChangeMessageVisibilityCommandInput,
  DeleteMessageCommandInput,
  ReceiveMessageCommandInput,
  ReceiveMessageCommandOutput,
  SendMessageCommandInput,
} from '@aws-sdk/client-sqs';
import type {
  AssumeRoleCommandInput,
  AssumeRoleCommandOutput,
  GetCallerIdentityCommandInput,
  GetCallerIdentityCommandOutput,
} from '@aws-sdk/client-sts';
import type {
  BatchGetCommandInput,
  BatchGetCommandOutput,
  DeleteCommandInput,
  GetCommandInput,
  GetCommandOutput,
  PutCommandInput,
  QueryCommandInput,
  QueryCommandOutput,
  TransactWriteCommandInput,
  UpdateCommandInput,
} from '@aws-sdk/lib-dynamodb';

/** A request and its answer. */
interface Operation<Input, Output> {
  readonly input: Input;
  readonly output: Output;
}

interface DynamoDb {
  'dynamodb:GetItem': Operation<GetCommandInput, Pick<GetCommandOutput, 'Item'>>;
  'dynamodb:BatchGetItem': Operation<
    BatchGetCommandInput,
    Pick<BatchGetCommandOutput, 'Responses' | 'UnprocessedKeys'>
  >;
  'dynamodb:Query': Operation<QueryCommandInput, Pick<QueryCommandOutput, 'Items' | 'LastEvaluatedKey'>>;
  'dynamodb:PutItem': Operation<PutCommandInput, object>;
  'dynamodb:UpdateItem': Operation<UpdateCommandInput, object>;
  'dynamodb:DeleteItem': Operation<DeleteCommandInput, object>;
  'dynamodb:TransactWriteItems': Operation<TransactWriteCommandInput, object>;
}

interface Json {
  'states:StartExecution': Operation<
    StartExecutionCommandInput,
    Partial<Pick<StartExecutionCommandOutput, 'startDate'>>
  >;
  'states:SendTaskSuccess': Operation<SendTaskSuccessCommandInput, object>;
  'states:SendTaskFailure': Operation<SendTaskFailureCommandInput, object>;
  'sqs:SendMessage': Operation<SendMessageCommandInput, object>;
  'sqs:ReceiveMessage': Operation<ReceiveMessageCommandInput, Pick<ReceiveMessageCommandOutput, 'Messages'>>;
  'sqs:DeleteMessage': Operation<DeleteMessageCommandInput, object>;
  'sqs:ChangeMessageVisibility': Operation<ChangeMessageVisibilityCommandInput, object>;
  'events:PutEvents': Operation<PutEventsCommandInput, Pick<PutEventsCommandOutput, 'Entries'>>;
}

/** Times are left out, because no adapter reads them. */
type ScheduleTime = 'CreationDate' | 'LastModificationDate' | 'StartDate' | 'EndDate';

interface RestJson {
  'eks:DescribeCluster': Operation<
    DescribeClusterCommandInput,
    { readonly cluster?: Pick<Cluster, 'endpoint' | 'certificateAuthority'> | undefined }
  >;
  'scheduler:GetSchedule': Operation<
    GetScheduleCommandInput,
    Omit<GetScheduleCommandOutput, '$metadata' | ScheduleTime>
  >;
  'scheduler:CreateSchedule': Operation<CreateScheduleCommandInput, object>;
  'scheduler:UpdateSchedule': Operation<UpdateScheduleCommandInput, object>;
  'scheduler:DeleteSchedule': Operation<DeleteScheduleCommandInput, object>;
}

/** An object. The caller reads its body, or destroys it. The body fails as `Call` does, and is not requested again. */
interface S3Object {
  readonly Body: Readable;
  readonly ContentLength?: number | undefined;
  readonly ContentRange?: string | undefined;
  readonly ETag?: string | undefined;
  readonly LastModified?: Date | undefined;
}

type ObjectKey = 'Bucket' | 'Key';

interface S3 {
  's3:GetObject': Operation<Pick<GetObjectCommandInput, ObjectKey | 'Range'>, S3Object>;
  's3:HeadObject': Operation<Pick<HeadObjectCommandInput, ObjectKey>, Pick<S3Object, 'LastModified' | 'ContentLength'>>;
  's3:PutObject': Operation<
    { readonly Bucket: string; readonly Key: string; readonly Body: string | Uint8Array; readonly ContentType: string },
    object
  >;
  's3:CopyObject': Operation<
    Pick<CopyObjectCommandInput, ObjectKey | 'CopySource' | 'MetadataDirective' | 'ContentType'>,
    object
  >;
  's3:DeleteObject': Operation<Pick<DeleteObjectCommandInput, ObjectKey>, object>;
  's3:ListObjectsV2': Operation<
    Pick<ListObjectsV2CommandInput, 'Bucket' | 'Prefix' | 'MaxKeys' | 'StartAfter'>,
    Pick<ListObjectsV2CommandOutput, 'Contents' | 'IsTruncated'>
  >;
}

interface Sts {
  'sts:AssumeRole': Operation<
    Pick<AssumeRoleCommandInput, 'RoleArn' | 'RoleSessionName' | 'ExternalId'>,
    Pick<AssumeRoleCommandOutput, 'Credentials'>
  >;
  'sts:GetCallerIdentity': Operation<GetCallerIdentityCommandInput, Pick<GetCallerIdentityCommandOutput, 'Arn'>>;
}

export interface Operations extends DynamoDb, Json, RestJson, S3, Sts {}
export type Action = keyof Operations;
export type DynamoDbAction = keyof DynamoDb;
export type JsonAction = keyof Json;
export type RestJsonAction = keyof RestJson;
export type S3Action = keyof S3;
export type StsAction = keyof Sts;

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** How a request differs from those of the function itself. */
export interface CallOptions {
  readonly signal?: AbortSignal;
  readonly credentials?: Credentials | undefined;
  readonly region?: string;
}

/**
 * Makes requests of some kinds to AWS. They are retried as `policies.aws` says.
 *
 * @throws AwsError with the name that the service gives it; `TimeoutError` when it does not answer or a connection breaks;
 *   `AbortError` when the signal aborts.
 */
export type Call<Of extends Action> = <A extends Of>(
  action: A,
  input: Operations[A]['input'],
  options?: CallOptions,
) => Promise<Operations[A]['output']>;
