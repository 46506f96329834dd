import { CreateRoleCommand, DeleteRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import { afterAll, beforeAll } from 'vitest';

import { getOutput } from '#local/steps/deploy.ts';
import { type AwsResources, awsCallsContract } from '#test/contracts/aws-calls.ts';
import { callAws, callSdk, stubAws } from '#test/support/aws-calls.ts';

import { aws, freshId, system } from '../support/system.ts';

const output = (name: string): string => getOutput(system.outputs, name);

const iam = new IAMClient(aws);
const RoleName = freshId('contract');
const externalId = 'a+b/c=d';
const trust = {
  Effect: 'Allow',
  Principal: { AWS: `arn:aws:iam::${system.account}:root` },
  Action: 'sts:AssumeRole',
  Condition: { StringEquals: { 'sts:ExternalId': externalId } },
};

beforeAll(async () => {
  stubAws(aws);
  const AssumeRolePolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [trust] });
  await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument }));
});
afterAll(() => iam.send(new DeleteRoleCommand({ RoleName })));

const resources = (): AwsResources => ({
  table: output('TableName'),
  bucket: output('BucketName'),
  bus: output('EventBusName'),
  queueUrl: output('ReconcileQueueUrl'),
  fifoQueueUrl: output('CommandDeadLetterQueueUrl'),
  stateMachineArn: `arn:aws:states:${aws.region}:${system.account}:stateMachine:drey`,
  scheduleGroup: output('ScheduleGroup'),
  schedulerRoleArn: `arn:aws:iam::${system.account}:role/scheduler`,
  roleArn: `arn:aws:iam::${system.account}:role/${RoleName}`,
  externalId,
  eksCluster: system.eksCluster,
  region: aws.region,
});

awsCallsContract('the requests of Drey', callAws, resources);
awsCallsContract('the AWS SDK', callSdk, resources);
