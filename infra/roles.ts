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
  createTimers,
  deletePayloads,
  deleteTimers,
  invokeFunction,
  manageNetworkInterfaces,
  mergeStatements,
  type Permission,
  publishEvents,
  readJars,
  readSpecs,
  readStream,
  readTable,
  receiveMessages,
  requestAdmission,
  requestReconcile,
  sendCommands,
  sendDeadLetters,
  sendRejected,
  sendTaskResults,
  startWorkflows,
  type Statement,
  updateTimers,
  usePayloads,
  type Value,
  writeJars,
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
    usePayloads,
    requestAdmission,
    sendTaskResults,
  ],
  submit: [readTable, writeTable, readJars, requestAdmission, sendTaskResults],
  cancel: [readTable, writeTable, assumeKubernetesRole, requestReconcile],
  stop: [readTable, writeTable, deletePayloads],
  extend: [readTable, writeTable],
  batch: [readTable, writeTable, usePayloads, sendCommands, sendTaskResults],
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
  deadLetters: [readTable, receiveMessages('CommandDeadLetterQueue'), sendCommands],
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
    usePayloads,
    createTimers,
    deleteTimers,
  ],
  timerEvents: [
    readTable,
    writeTable,
    assumeKubernetesRole,
    readJars,
    usePayloads,
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

const statementsOf = (name: FunctionName, { vpc }: StageSettings): readonly Statement[] => [
  writeLogs(name),
  ...mergeStatements([...permissions[name], startWorkflows(...workflowsOf(name)), ...eventPermissionsOf(name)].flat()),
  ...(vpc === undefined ? [] : manageNetworkInterfaces(name)),
];

interface Role {
  readonly Type: 'AWS::IAM::Role';
  readonly Properties: {
    readonly RoleName?: string;
    readonly AssumeRolePolicyDocument: unknown;
    readonly Policies: readonly [
      {
        readonly PolicyName: 'drey';
        readonly PolicyDocument: { readonly Version: string; readonly Statement: readonly Statement[] };
      },
    ];
  };
}

const role = (principal: Readonly<Record<string, unknown>>, statements: readonly Statement[], name?: string): Role => ({
  Type: 'AWS::IAM::Role',
  Properties: {
    ...(name === undefined ? {} : { RoleName: name }),
    AssumeRolePolicyDocument: {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: principal, Action: 'sts:AssumeRole' }],
    },
    Policies: [{ PolicyName: 'drey', PolicyDocument: { Version: '2012-10-17', Statement: statements } }],
  },
});

const functionRole = (name: FunctionName, settings: StageSettings): Role =>
  role(
    { Service: ['lambda.amazonaws.com', ...(isScheduled(name) ? ['scheduler.amazonaws.com'] : [])] },
    statementsOf(name, settings),
  );

const machineRole = (name: WorkflowName): Role =>
  role({ Service: 'states.amazonaws.com' }, [
    allow(['lambda:InvokeFunction'], [arnOf(`${toPascalCase(name)}LambdaFunction`)]),
  ]);

/** The schedules of EventBridge Scheduler assume this role to send timer events. */
const schedulerRole = role({ Service: ['scheduler.amazonaws.com'] }, [
  allow(['sqs:SendMessage'], [arnOf('TimerEventQueue'), arnOf('TimerEventDeadLetterQueue')]),
]);

const kubernetesCallers: readonly Value[] = functionNames
  .filter((name) => permissions[name].includes(assumeKubernetesRole))
  .map((name) => arnOf(roleOf(name)));

/** The one identity that Kubernetes clusters know. It needs an access entry in each EKS cluster. */
const kubernetesRole = role(
  { AWS: kubernetesCallers },
  [allow(['eks:DescribeCluster'], [{ 'Fn::Sub': 'arn:${AWS::Partition}:eks:*:${AWS::AccountId}:cluster/*' }])],
  'drey-kubernetes-${sls:stage}-${self:provider.region}',
);

/** The roles, with the permissions that the choices of a stage need. */
export const rolesOf = (settings: StageSettings): Readonly<Record<string, Role>> => ({
  ...Object.fromEntries(functionNames.map((name) => [roleOf(name), functionRole(name, settings)])),
  ...Object.fromEntries(workflowNames.map((name) => [`${toPascalCase(name)}MachineRole`, machineRole(name)])),
  SchedulerRole: schedulerRole,
  KubernetesRole: kubernetesRole,
});
