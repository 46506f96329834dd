/**
 * One IAM role per function: what serverless.yml's functions name as `<Function>Role`. A row says what the function
 * does with the world; nothing else is allowed to it.
 */
const arn = (text) => ({ 'Fn::Sub': `arn:\${AWS::Partition}:${text}` });
const allow = (actions, resources) => ({ Effect: 'Allow', Action: actions, Resource: resources });

const table = { 'Fn::GetAtt': ['Table', 'Arn'] };
const index = { 'Fn::Sub': '${Table.Arn}/index/*' };
const payloads = { 'Fn::Sub': '${Bucket.Arn}/commands/*' };
const specs = { 'Fn::Sub': '${Bucket.Arn}/specs/*' };
const uploads = { 'Fn::Sub': '${Bucket.Arn}/uploads/*' };
const machine = (name) => arn(`states:\${AWS::Region}:\${AWS::AccountId}:stateMachine:\${AWS::StackName}-${name}`);

// The local emulator takes every schedule for one of the default group when it asks for permission.
const timers = {
  'Fn::If': [
    'OnAws',
    arn('scheduler:${AWS::Region}:${AWS::AccountId}:schedule/${ScheduleGroup}/*'),
    arn('scheduler:${AWS::Region}:${AWS::AccountId}:schedule/default/*'),
  ],
};
const passedTo = (service) => ({ StringEquals: { 'iam:PassedToService': `${service}.amazonaws.com` } });

const may = {
  read: [allow(['dynamodb:GetItem', 'dynamodb:Query'], [table, index])],
  write: [
    allow(['dynamodb:PutItem', 'dynamodb:UpdateItem', 'dynamodb:DeleteItem', 'dynamodb:ConditionCheckItem'], [table]),
  ],
  // The role that clusters know, and those of other accounts that targets name. By name: it trusts these roles in turn.
  reachClusters: [allow(['sts:AssumeRole'], [arn('iam::*:role/drey-*')])],
  start: (...names) => [allow(['states:StartExecution'], names.map(machine))],
  call: (name) => [
    allow(
      ['lambda:InvokeFunction'],
      [arn(`lambda:\${AWS::Region}:\${AWS::AccountId}:function:\${AWS::StackName}-${name}`)],
    ),
  ],
  readJars: [allow(['s3:GetObject'], [uploads])],
  // Without it S3 answers 403, not 404, for a jar that is not there.
  listJars: [allow(['s3:ListBucket'], [{ 'Fn::GetAtt': ['Bucket', 'Arn'] }])],
  writeJars: [allow(['s3:PutObject'], [uploads])],
  publish: [allow(['events:PutEvents'], [{ 'Fn::GetAtt': ['Bus', 'Arn'] }])],
  reject: [allow(['sqs:SendMessage'], [{ 'Fn::GetAtt': ['RejectedCommandQueue', 'Arn'] }])],
  receive: (queue) => [
    allow(
      ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes', 'sqs:ChangeMessageVisibility'],
      [{ 'Fn::GetAtt': [queue, 'Arn'] }],
    ),
  ],
  requestAdmission: [allow(['sqs:SendMessage'], [{ 'Fn::GetAtt': ['AdmissionQueue', 'Arn'] }])],
  sendCommands: [allow(['sqs:SendMessage'], [{ 'Fn::GetAtt': ['CommandQueue', 'Arn'] }])],
  discard: [allow(['sqs:SendMessage'], [{ 'Fn::GetAtt': ['CommandDeadLetterQueue', 'Arn'] }])],
  // Commands that wait are kept here. Without the last S3 answers 403, not 404, for one that is not there.
  usePayloads: [
    allow(['s3:GetObject', 's3:PutObject', 's3:DeleteObject'], [payloads]),
    allow(['s3:ListBucket'], [{ 'Fn::GetAtt': ['Bucket', 'Arn'] }]),
  ],
  removePayloads: [allow(['s3:DeleteObject'], [payloads])],
  // The tasks of callers' state machines that wait for verdicts: whoever gave the token away wants it answered.
  // These two actions know no resource: the token is what they are about.
  answerTasks: [allow(['states:SendTaskSuccess', 'states:SendTaskFailure'], ['*'])],
  // The schedules of clusters' ends, and the role that they take to send their message.
  setTimers: [
    allow(['scheduler:CreateSchedule'], [timers]),
    { ...allow(['iam:PassRole'], [{ 'Fn::GetAtt': ['SchedulerRole', 'Arn'] }]), Condition: passedTo('scheduler') },
  ],
  repeatTimers: [allow(['scheduler:GetSchedule', 'scheduler:UpdateSchedule'], [timers])],
  cancelTimers: [allow(['scheduler:DeleteSchedule'], [timers])],
  readSpecs: [allow(['s3:GetObject'], [specs]), allow(['s3:ListBucket'], [{ 'Fn::GetAtt': ['Bucket', 'Arn'] }])],
  writeSpecs: [allow(['s3:PutObject', 's3:DeleteObject'], [specs])],
  requestReconcile: [allow(['sqs:SendMessage'], [{ 'Fn::GetAtt': ['ReconcileQueue', 'Arn'] }])],
  stream: [
    allow(
      ['dynamodb:GetRecords', 'dynamodb:GetShardIterator', 'dynamodb:DescribeStream', 'dynamodb:ListStreams'],
      [{ 'Fn::GetAtt': ['Table', 'StreamArn'] }],
    ),
    allow(['sqs:SendMessage'], [{ 'Fn::GetAtt': ['UnpublishedEventQueue', 'Arn'] }]),
  ],
};

const functions = {
  Deploy: [
    ...may.read,
    ...may.write,
    ...may.reachClusters,
    ...may.readJars,
    ...may.listJars,
    ...may.start('startup', 'cleanup'),
    ...may.usePayloads,
    ...may.requestAdmission,
    ...may.answerTasks,
  ],
  Savepoints: [...may.read, ...may.write, ...may.reachClusters, ...may.start('snapshot')],
  JobPlan: [...may.read, ...may.reachClusters, ...may.readJars, ...may.listJars],
  Batch: [...may.read, ...may.write, ...may.usePayloads, ...may.sendCommands, ...may.answerTasks],
  QueueView: [...may.read, ...may.write, ...may.removePayloads, ...may.requestAdmission],
  DeadLetters: [...may.read, ...may.receive('CommandDeadLetterQueue'), ...may.sendCommands],
  Plan: [...may.read, ...may.reachClusters, ...may.readJars, ...may.listJars],
  Submit: [
    ...may.read,
    ...may.write,
    ...may.readJars,
    ...may.listJars,
    ...may.start('submission'),
    ...may.requestAdmission,
    ...may.answerTasks,
  ],
  Cancel: [...may.read, ...may.write, ...may.reachClusters, ...may.requestReconcile],
  Stop: [...may.read, ...may.write, ...may.removePayloads, ...may.start('cleanup')],
  Extend: [...may.read, ...may.write],
  Cluster: [...may.read],
  Clusters: [...may.read],
  Jobs: [...may.read, ...may.write, ...may.reachClusters],
  Operation: [...may.read],
  Targets: [...may.read, ...may.write, ...may.reachClusters, ...may.readSpecs],
  Uploads: [...may.read, ...may.writeJars],
  Openapi: [],
  CommandQueue: [
    ...may.read,
    ...may.write,
    ...may.reachClusters,
    ...may.requestReconcile,
    ...may.readJars,
    ...may.listJars,
    ...may.start('startup', 'submission', 'cleanup', 'snapshot'),
    ...may.receive('CommandQueue'),
    ...may.sendCommands,
    ...may.usePayloads,
    ...may.requestAdmission,
    ...may.reject,
    ...may.discard,
    ...may.publish,
    ...may.answerTasks,
  ],
  Admit: [
    ...may.read,
    ...may.write,
    ...may.receive('AdmissionQueue'),
    ...may.sendCommands,
    ...may.removePayloads,
    ...may.start('submission'),
  ],
  Publish: [...may.read, ...may.write, ...may.removePayloads, ...may.stream, ...may.publish, ...may.answerTasks],
  Orphans: [...may.read, ...may.reachClusters],
  // The schedules of these two take the same role to call them.
  Maintenance: [
    ...may.read,
    ...may.reachClusters,
    ...may.readJars,
    ...may.listJars,
    ...may.writeJars,
    ...may.publish,
    ...may.setTimers,
    ...may.repeatTimers,
    ...may.cancelTimers,
    ...may.call('maintenance'),
  ],
  DispatchReconcile: [...may.read, ...may.requestReconcile, ...may.requestAdmission, ...may.call('dispatchReconcile')],
  Reconcile: [
    ...may.read,
    ...may.write,
    ...may.reachClusters,
    ...may.start('startup', 'submission', 'cleanup', 'snapshot'),
    ...may.receive('ReconcileQueue'),
    ...may.requestReconcile,
    ...may.sendCommands,
    ...may.usePayloads,
    ...may.setTimers,
    ...may.cancelTimers,
  ],
  Specs: [...may.read, ...may.readSpecs, ...may.writeSpecs],
  Schedules: [...may.read, ...may.write, ...may.readSpecs, ...may.setTimers, ...may.repeatTimers, ...may.cancelTimers],
  TimerEvents: [
    ...may.read,
    ...may.write,
    ...may.reachClusters,
    ...may.readJars,
    ...may.listJars,
    ...may.usePayloads,
    ...may.requestAdmission,
    ...may.start('startup', 'cleanup'),
    ...may.receive('TimerEventQueue'),
    ...may.readSpecs,
    ...may.setTimers,
    ...may.repeatTimers,
    ...may.cancelTimers,
  ],
  Startup: [
    ...may.read,
    ...may.write,
    ...may.reachClusters,
    ...may.readJars,
    ...may.listJars,
    ...may.requestAdmission,
    ...may.start('submission', 'cleanup'),
  ],
  Submission: [...may.read, ...may.write, ...may.reachClusters, ...may.readJars, ...may.listJars],
  Cleanup: [...may.read, ...may.write, ...may.reachClusters, ...may.requestAdmission, ...may.cancelTimers],
  Snapshot: [...may.read, ...may.write, ...may.reachClusters, ...may.requestReconcile],
};

const assumedBy = (service) => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole' }],
});

const functionRole = (name, statements) => ({
  Type: 'AWS::IAM::Role',
  Properties: {
    AssumeRolePolicyDocument: assumedBy([
      'lambda.amazonaws.com',
      ...(name === 'DispatchReconcile' || name === 'Maintenance' ? ['scheduler.amazonaws.com'] : []),
    ]),
    Policies: [
      {
        PolicyName: 'drey',
        PolicyDocument: {
          Version: '2012-10-17',
          Statement: [
            allow(
              ['logs:CreateLogStream', 'logs:PutLogEvents'],
              [
                arn(
                  `logs:\${AWS::Region}:\${AWS::AccountId}:log-group:/aws/lambda/\${AWS::StackName}-${name.charAt(0).toLowerCase()}${name.slice(1)}:*`,
                ),
              ],
            ),
            ...statements,
          ],
        },
      },
    ],
  },
});

const machineRole = (name) => ({
  Type: 'AWS::IAM::Role',
  Properties: {
    AssumeRolePolicyDocument: assumedBy('states.amazonaws.com'),
    Policies: [
      {
        PolicyName: 'drey',
        PolicyDocument: {
          Version: '2012-10-17',
          Statement: [allow(['lambda:InvokeFunction'], [{ 'Fn::GetAtt': [`${name}LambdaFunction`, 'Arn'] }])],
        },
      },
    ],
  },
});

/** What a schedule takes when its time has come. */
const schedulerRole = {
  Type: 'AWS::IAM::Role',
  Properties: {
    AssumeRolePolicyDocument: assumedBy(['scheduler.amazonaws.com']),
    Policies: [
      {
        PolicyName: 'drey',
        PolicyDocument: {
          Version: '2012-10-17',
          Statement: [
            allow(
              ['sqs:SendMessage'],
              [{ 'Fn::GetAtt': ['TimerEventQueue', 'Arn'] }, { 'Fn::GetAtt': ['TimerEventDeadLetterQueue', 'Arn'] }],
            ),
          ],
        },
      },
    ],
  },
};

const clusterCallers = Object.entries(functions)
  .filter(([, statements]) => statements.some(({ Action }) => Action.includes('sts:AssumeRole')))
  .map(([name]) => ({ 'Fn::GetAtt': [`${name}Role`, 'Arn'] }));

module.exports = {
  Resources: {
    ...Object.fromEntries(
      Object.entries(functions).map(([name, statements]) => [`${name}Role`, functionRole(name, statements)]),
    ),
    ...Object.fromEntries(
      ['Startup', 'Submission', 'Cleanup', 'Snapshot'].map((name) => [`${name}MachineRole`, machineRole(name)]),
    ),
    SchedulerRole: schedulerRole,
  },
  clusterCallers,
  functionNames: Object.keys(functions),
};
