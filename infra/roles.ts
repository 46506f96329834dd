/**
 * The IAM roles. Each function has a role of its own with the permissions of its row, and with those that follow from
 * its events and from the state machines of its commands. A function has no other permission.
 */
import type { WorkflowName } from '#events/commands/define.ts';
import { commands } from '#events/commands/index.ts';

import { type FunctionName, functionNames, functions, roleOf, toPascalCase } from './functions.ts';
import {
  allow,
  arnOf,
  assumeKubernetesRole,
  assumeRemoteRoles,
  createTimers,
  deletePayloads,
  deleteTimers,
  handleDeadLetters,
  invokeFunction,
  kubernetesRoleName,
  manageNetworkInterfaces,
  mergeStatements,
  type Permission,
  publishEvents,
  readJars,
  readPayloads,
  readSpecs,
  readStream,
  readTable,
  receiveMessages,
  requestAdmission,
  requestReconcile,
  sampleTraces,
  sendCommands,
  sendDeadLetters,
  sendRejected,
  sendTaskResults,
  sendTraces,
  startWorkflows,
  type Statement,
  updateTimers,
  type Value,
  writeJars,
  writePayloads,
  writeSpecs,
  writeTable,
} from './permissions.ts';
import type { StageSettings } from './stage-settings.ts';
import { workflowNames } from './state-machines/definitions.ts';

type CommandFunction = (typeof commands)[keyof typeof commands]['function'];

/** The functions of commands. `commandQueue` has all of their permissions, because it handles the same commands. */
const commandPermissions: Readonly<Record<CommandFunction, readonly Permission[]>> = {
  deploy: [
    readTable,
    writeTable,
    assumeKubernetesRole,
    readJars,
    startWorkflows('cleanup'),
    writePayloads,
    deletePayloads,
    requestAdmission,
    sendTaskResults,
  ],
  submit: [readTable, writeTable, readJars, deletePayloads, requestAdmission, sendTaskResults],
  cancel: [readTable, writeTable, assumeKubernetesRole, requestReconcile],
  stop: [readTable, writeTable, deletePayloads],
  extend: [readTable, writeTable],
  batch: [readTable, writeTable, readPayloads, writePayloads, deletePayloads, sendCommands, sendTaskResults],
  savepoints: [readTable, writeTable, assumeKubernetesRole],
};

const permissions: Readonly<Record<FunctionName, readonly Permission[]>> = {
  ...commandPermissions,
  commandQueue: [...Object.values(commandPermissions).flat(), sendRejected, sendDeadLetters, publishEvents],

  // Reads and changes without an operation.
  plan: [readTable, assumeKubernetesRole, readJars],
  jobPlan: [readTable, assumeKubernetesRole, readJars],
  cluster: [readTable],
  clusters: [readTable],
  jobs: [readTable, writeTable, assumeKubernetesRole],
  operation: [readTable],
  queueView: [readTable, writeTable, deletePayloads, requestAdmission],
  deadLetters: [readTable, handleDeadLetters, sendCommands],
  targets: [readTable, writeTable, assumeKubernetesRole, readSpecs],
  uploads: [readTable, writeJars],
  orphans: [readTable, assumeKubernetesRole],
  specs: [readTable, readSpecs, writeSpecs],
  schedules: [readTable, writeTable, readSpecs, createTimers, updateTimers, deleteTimers],
  openapi: [],

  // Functions in the background.
  admit: [readTable, writeTable, sendCommands, deletePayloads, startWorkflows('submission')],
  publish: [readTable, writeTable, deletePayloads, publishEvents, sendTaskResults],
  dispatchReconcile: [readTable, requestReconcile, requestAdmission],
  reconcile: [
    readTable,
    writeTable,
    assumeKubernetesRole,
    startWorkflows(...workflowNames),
    requestReconcile,
    sendCommands,
    readPayloads,
    deletePayloads,
    createTimers,
    deleteTimers,
  ],
  timerEvents: [
    readTable,
    writeTable,
    assumeKubernetesRole,
    readJars,
    writePayloads,
    deletePayloads,
    requestAdmission,
    startWorkflows('startup', 'cleanup'),
    readSpecs,
    createTimers,
    updateTimers,
    deleteTimers,
  ],
  maintenance: [
    readTable,
    assumeKubernetesRole,
    readJars,
    writeJars,
    publishEvents,
    createTimers,
    updateTimers,
    deleteTimers,
  ],

  // Steps of the state machines.
  startup: [
    readTable,
    writeTable,
    assumeKubernetesRole,
    readJars,
    deletePayloads,
    requestAdmission,
    startWorkflows('submission', 'cleanup'),
  ],
  submission: [readTable, writeTable, assumeKubernetesRole, readJars],
  cleanup: [readTable, writeTable, assumeKubernetesRole, requestAdmission, deleteTimers],
  snapshot: [readTable, writeTable, assumeKubernetesRole, requestReconcile],
};

/** The state machines of the commands that a function handles. */
const workflowsOf = (name: FunctionName): readonly WorkflowName[] => {
  const handled = Object.values(commands).filter((command) => name === 'commandQueue' || command.function === name);
  return [...new Set(handled.flatMap((command) => ('workflow' in command ? [command.workflow] : [])))];
};

/** What the code of a function may do. The tests compare it with the calls of ports that the code reaches. */
export const permissionsOf = (name: FunctionName): readonly Permission[] => [
  ...permissions[name],
  startWorkflows(...workflowsOf(name)),
];

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

/** The service acts for this account only. The principal has this name in every partition. */
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
  .filter((name) => permissions[name].includes(assumeKubernetesRole))
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
      .filter((name) => permissions[name].includes(sendCommands))
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
