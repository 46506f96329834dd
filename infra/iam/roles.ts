/**
 * The IAM roles. Each function has a role of its own with the permissions that its code needs, and with those that follow
 * from its events and from the settings of the stage. A function has no other permission.
 */
import type { WorkflowName } from '#events/commands/define.ts';

import { type FunctionName, functionNames, functions, roleOf, toPascalCase } from '../functions.ts';
import { permissionsOf } from './function-permissions.ts';
import {
  allow,
  arnOf,
  assumeKubernetesRole,
  assumeRemoteRoles,
  invokeFunction,
  kubernetesRoleName,
  manageNetworkInterfaces,
  mergeStatements,
  type Permission,
  readStream,
  receiveMessages,
  sampleTraces,
  sendCommands,
  sendTraces,
  type Statement,
  type Value,
} from './permissions.ts';
import type { StageSettings } from '../stage-settings.ts';
import { workflowNames } from '../state-machines/definitions.ts';

const isScheduled = (name: FunctionName) => functions[name].events.some((event) => 'schedule' in event);

const eventPermissionsOf = (name: FunctionName): readonly Permission[] =>
  functions[name].events.map((event) => {
    if ('sqs' in event) return receiveMessages(event.sqs.arn['Fn::GetAtt'][0]);
    if ('stream' in event) return readStream;
    // A schedule assumes the role of the function in order to invoke it.
    return 'schedule' in event ? invokeFunction(name) : [];
  });

const writeLogs = (name: FunctionName): Statement =>
  allow(
    ['logs:CreateLogStream', 'logs:PutLogEvents'],
    [
      {
        'Fn::Sub': `arn:\${AWS::Partition}:logs:\${AWS::Region}:\${AWS::AccountId}:log-group:/aws/lambda/\${AWS::StackName}-${name}:*`,
      },
    ],
  );

const settingPermissionsOf = (name: FunctionName, { vpc, tracing }: StageSettings): Permission => [
  ...(vpc === undefined ? [] : manageNetworkInterfaces(name)),
  ...(tracing === true ? sendTraces : []),
];

const statementsOf = (name: FunctionName, settings: StageSettings): readonly Statement[] => [
  writeLogs(name),
  ...mergeStatements([...permissionsOf(name), ...eventPermissionsOf(name)].flat()),
  ...settingPermissionsOf(name, settings),
];

/** Who may assume a role. */
interface Trust {
  readonly Effect: 'Allow';
  readonly Principal: Readonly<Record<string, unknown>>;
  readonly Action: 'sts:AssumeRole';
  readonly Condition?: Readonly<Record<string, unknown>>;
}

interface Role {
  readonly Type: 'AWS::IAM::Role';
  readonly Properties: {
    readonly RoleName?: string;
    readonly AssumeRolePolicyDocument: { readonly Version: string; readonly Statement: readonly Trust[] };
    readonly Policies: readonly [
      {
        readonly PolicyName: 'drey';
        readonly PolicyDocument: { readonly Version: string; readonly Statement: readonly Statement[] };
      },
    ];
  };
}

const trust = (principal: Readonly<Record<string, unknown>>): Trust => ({
  Effect: 'Allow',
  Principal: principal,
  Action: 'sts:AssumeRole',
});

/**
 * The service acts for this account only. The principal has this name in every partition that may use it.
 *
 * @see https://docs.aws.amazon.com/codedeploy/latest/userguide/security_confused_deputy.html CodeDeploy sets the key.
 */
export const trustService = (service: 'codedeploy' | 'scheduler' | 'states'): Trust => ({
  ...trust({ Service: `${service}.amazonaws.com` }),
  Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
});

/**
 * Without a condition: AWS does not document that Lambda sets `aws:SourceAccount` when it assumes a role. Lambda assumes
 * only roles of the account that the function is in.
 */
const trustLambda = trust({ Service: 'lambda.amazonaws.com' });

interface RoleOptions {
  readonly trusts: readonly Trust[];
  readonly statements: readonly Statement[];
  readonly name?: string;
}

export const role = ({ trusts, statements, name }: RoleOptions): Role => ({
  Type: 'AWS::IAM::Role',
  Properties: {
    ...(name === undefined ? {} : { RoleName: name }),
    AssumeRolePolicyDocument: { Version: '2012-10-17', Statement: trusts },
    Policies: [{ PolicyName: 'drey', PolicyDocument: { Version: '2012-10-17', Statement: statements } }],
  },
});

const functionRole = (name: FunctionName, settings: StageSettings): Role =>
  role({
    trusts: [trustLambda, ...(isScheduled(name) ? [trustService('scheduler')] : [])],
    statements: statementsOf(name, settings),
  });

const machineRole = (name: WorkflowName, { tracing }: StageSettings): Role =>
  role({
    trusts: [trustService('states')],
    statements: [
      allow(['lambda:InvokeFunction'], [arnOf(`${toPascalCase(name)}LambdaFunction`)]),
      ...(tracing === true ? mergeStatements(sampleTraces) : []),
    ],
  });

/** The schedules of EventBridge Scheduler assume this role to send timer events. */
const schedulerRole = role({
  trusts: [trustService('scheduler')],
  statements: [allow(['sqs:SendMessage'], [arnOf('TimerEventQueue'), arnOf('TimerEventDeadLetterQueue')])],
});

const kubernetesCallers: readonly Value[] = functionNames
  .filter((name) => permissionsOf(name).includes(assumeKubernetesRole))
  .map((name) => arnOf(roleOf(name)));

/**
 * The Kubernetes role: the one identity that the EKS clusters of this account know, each by an access entry. It alone
 * may assume the remote roles of targets in other accounts.
 */
const kubernetesRole = role({
  trusts: [trust({ AWS: kubernetesCallers })],
  statements: [
    allow(['eks:DescribeCluster'], [{ 'Fn::Sub': 'arn:${AWS::Partition}:eks:*:${AWS::AccountId}:cluster/*' }]),
    ...assumeRemoteRoles,
  ],
  name: kubernetesRoleName,
});

/** The unique IDs of the roles that may send commands, by which the command queue knows Drey's own messages. */
export const senderRoleIds: Value = {
  'Fn::Join': [
    ',',
    functionNames
      .filter((name) => permissionsOf(name).includes(sendCommands))
      .map((name) => ({ 'Fn::GetAtt': [roleOf(name), 'RoleId'] })),
  ],
};

/** The roles, with the permissions that the choices of a stage need. */
export const rolesOf = (settings: StageSettings): Readonly<Record<string, Role>> => ({
  ...Object.fromEntries(functionNames.map((name) => [roleOf(name), functionRole(name, settings)])),
  ...Object.fromEntries(workflowNames.map((name) => [`${toPascalCase(name)}MachineRole`, machineRole(name, settings)])),
  SchedulerRole: schedulerRole,
  KubernetesRole: kubernetesRole,
});
