/** What a function may do, by name. Each permission is a list of IAM statements. */
import type { WorkflowName } from '#events/commands/define.ts';
import { remoteRolePrefix } from '#events/records/target.ts';

export type Value = string | Readonly<Record<string, unknown>>;

export interface Statement {
  readonly Effect: 'Allow' | 'Deny';
  readonly Action: readonly string[];
  readonly Resource: readonly Value[];
  readonly Condition?: Readonly<Record<string, unknown>>;
}
export type Permission = readonly Statement[];

export const allow = (actions: readonly string[], resources: readonly Value[]): Statement => ({
  Effect: 'Allow',
  Action: actions,
  Resource: resources,
});

const sub = (text: string): Value => ({ 'Fn::Sub': text });
const attribute = (resource: string, name: string): Value => ({ 'Fn::GetAtt': [resource, name] });
export const arnOf = (resource: string): Value => attribute(resource, 'Arn');

/** An ARN in the account and region of the stack. */
export const localArn = (service: string, path: string): Value =>
  sub(`arn:\${AWS::Partition}:${service}:\${AWS::Region}:\${AWS::AccountId}:${path}`);

const payloads = sub('${Bucket.Arn}/commands/*');
const revisionSpecs = sub('${Bucket.Arn}/revisions/*');
const keptLogs = sub('${Bucket.Arn}/logs/*');
const specs = sub('${Bucket.Arn}/specs/*');
const uploads = sub('${Bucket.Arn}/uploads/*');
// The local emulator checks permissions as if every schedule were in the group "default".
const schedules: Value = {
  'Fn::If': [
    'OnAws',
    localArn('scheduler', 'schedule/${ScheduleGroup}/*'),
    localArn('scheduler', 'schedule/default/*'),
  ],
};
/** S3 answers 403 in place of 404 for a missing object if the caller may not list the bucket. */
const listBucket = allow(['s3:ListBucket'], [arnOf('Bucket')]);
const sendMessages = (queue: string): Permission => [allow(['sqs:SendMessage'], [arnOf(queue)])];

// The table of records.
export const readTable: Permission = [
  allow(['dynamodb:GetItem', 'dynamodb:BatchGetItem'], [arnOf('Table')]),
  allow(['dynamodb:Query'], [arnOf('Table'), sub('${Table.Arn}/index/*')]),
];
export const writeTable: Permission = [
  allow(
    ['dynamodb:PutItem', 'dynamodb:UpdateItem', 'dynamodb:DeleteItem', 'dynamodb:ConditionCheckItem'],
    [arnOf('Table')],
  ),
];
export const readStream: Permission = [
  allow(
    ['dynamodb:GetRecords', 'dynamodb:GetShardIterator', 'dynamodb:DescribeStream'],
    [attribute('Table', 'StreamArn')],
  ),
  allow(['dynamodb:ListStreams'], ['*']), // The action knows no resource.
  ...sendMessages('UnpublishedEventQueue'),
];

export const kubernetesRoleName = 'drey-kubernetes-${sls:stage}-${self:provider.region}';
/** By name, because the role in turn trusts the roles of the functions, and the template may not have a cycle. */
export const kubernetesRoleArn = sub(`arn:\${AWS::Partition}:iam::\${AWS::AccountId}:role/${kubernetesRoleName}`);
/** The role that EKS clusters know. */
export const assumeKubernetesRole: Permission = [allow(['sts:AssumeRole'], [kubernetesRoleArn])];
/** The roles that targets name, in any account. Their trust policies decide, with the external ID of the target. */
export const assumeRemoteRoles: Permission = [
  allow(['sts:AssumeRole'], [sub(`arn:\${AWS::Partition}:iam::*:role/${remoteRolePrefix}*`)]),
];

export const startWorkflows = (...names: readonly WorkflowName[]): Permission =>
  names.length === 0
    ? []
    : [
        allow(
          ['states:StartExecution'],
          names.map((name) => localArn('states', `stateMachine:\${AWS::StackName}-${name}`)),
        ),
      ];
/** By name, because a function refers to its role. */
const functionArn = (name: string): Value => localArn('lambda', `function:\${AWS::StackName}-${name}`);
export const invokeFunction = (name: string): Permission => [allow(['lambda:InvokeFunction'], [functionArn(name)])];

const networkInterfaceActions = [
  'ec2:CreateNetworkInterface',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeSubnets',
  'ec2:DeleteNetworkInterface',
  'ec2:AssignPrivateIpAddresses',
  'ec2:UnassignPrivateIpAddresses',
];
/**
 * Lambda manages the network interfaces of a function in a VPC with the role of the function. The code of the function
 * uses the same role, and may not.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html
 */
export const manageNetworkInterfaces = (name: string): Permission => [
  allow(networkInterfaceActions, ['*']),
  {
    Effect: 'Deny',
    Action: networkInterfaceActions,
    Resource: ['*'],
    Condition: { ArnEquals: { 'lambda:SourceFunctionArn': functionArn(name) } },
  },
];
/** For the task tokens of callers' state machines. These actions know no resource: the token identifies the task. */
export const sendTaskResults: Permission = [allow(['states:SendTaskSuccess', 'states:SendTaskFailure'], ['*'])];

/** Functions send their segments to X-Ray. These actions know no resource. */
export const sendTraces: Permission = [allow(['xray:PutTraceSegments', 'xray:PutTelemetryRecords'], ['*'])];
/** State machines also read which executions to sample. */
export const sampleTraces: Permission = [
  ...sendTraces,
  allow(['xray:GetSamplingRules', 'xray:GetSamplingTargets'], ['*']),
];

// Objects in the bucket.
export const readJars: Permission = [allow(['s3:GetObject'], [uploads]), listBucket];
export const writeJars: Permission = [allow(['s3:PutObject'], [uploads])];
export const readPayloads: Permission = [allow(['s3:GetObject'], [payloads]), listBucket];
export const writePayloads: Permission = [allow(['s3:PutObject'], [payloads])];
/** The uploaded bodies of commands. Jars stay. */
export const deleteUploads: Permission = [allow(['s3:DeleteObject'], [sub('${Bucket.Arn}/uploads/*.json')])];
export const deletePayloads: Permission = [allow(['s3:DeleteObject'], [payloads])];
export const readRevisionSpecs: Permission = [allow(['s3:GetObject'], [revisionSpecs]), listBucket];
export const writeRevisionSpecs: Permission = [allow(['s3:PutObject'], [revisionSpecs])];
export const deleteRevisionSpecs: Permission = [allow(['s3:DeleteObject'], [revisionSpecs])];
export const readKeptLogs: Permission = [allow(['s3:GetObject'], [keptLogs]), listBucket];
export const writeKeptLogs: Permission = [allow(['s3:PutObject'], [keptLogs])];
export const readSpecs: Permission = [allow(['s3:GetObject'], [specs]), listBucket];
export const writeSpecs: Permission = [allow(['s3:PutObject', 's3:DeleteObject'], [specs])];

// Messages and events.
export const publishEvents: Permission = [allow(['events:PutEvents'], [arnOf('Bus')])];
export const sendCommands = sendMessages('CommandQueue');
export const sendRejected = sendMessages('RejectedCommandQueue');
export const sendDeadLetters = sendMessages('CommandDeadLetterQueue');
export const requestAdmission = sendMessages('AdmissionQueue');
export const requestReconcile = sendMessages('ReconcileQueue');
export const followApplications = sendMessages('YoungApplicationQueue');
export const handleDeadLetters: Permission = [
  allow(['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:ChangeMessageVisibility'], [arnOf('CommandDeadLetterQueue')]),
];
/** For Lambda, which receives the messages with the role of the function, as `AWSLambdaSQSQueueExecutionRole` allows. */
export const receiveMessages = (queue: string): Permission => [
  allow(['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'], [arnOf(queue)]),
];

// Timers: schedules of EventBridge Scheduler, which assume a role of their own to send timer events.
export const createTimers: Permission = [
  allow(['scheduler:CreateSchedule'], [schedules]),
  {
    ...allow(['iam:PassRole'], [arnOf('SchedulerRole')]),
    Condition: { StringEquals: { 'iam:PassedToService': 'scheduler.amazonaws.com' } },
  },
];
export const updateTimers: Permission = [allow(['scheduler:GetSchedule', 'scheduler:UpdateSchedule'], [schedules])];
export const deleteTimers: Permission = [allow(['scheduler:DeleteSchedule'], [schedules])];

/** One statement for each list of resources. Permissions overlap where functions combine them. */
export const mergeStatements = (statements: readonly Statement[]): readonly Statement[] => {
  const merged = new Map<string, Statement>();
  for (const statement of statements) {
    const key = JSON.stringify([statement.Resource, statement.Condition]);
    const actions = new Set([...(merged.get(key)?.Action ?? []), ...statement.Action]);
    merged.set(key, { ...statement, Action: [...actions] });
  }
  return [...merged.values()];
};
