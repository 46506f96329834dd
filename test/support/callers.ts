/** Callers of the API that may do less than the administrator. */
import {
  CreateAccessKeyCommand,
  CreateUserCommand,
  DeleteAccessKeyCommand,
  DeleteUserCommand,
  DeleteUserPolicyCommand,
  IAMClient,
  PutUserPolicyCommand,
} from '@aws-sdk/client-iam';
import type { AwsCredentialIdentity } from '@smithy/types';
import { afterAll } from 'vitest';

import { aws, freshId } from './system.ts';

const iam = new IAMClient(aws);

export interface Statement {
  readonly Effect: 'Allow' | 'Deny';
  readonly Action: string | readonly string[];
  readonly Resource: string | readonly string[];
}

/** Creates an IAM user with a policy, and returns its access key. The user is deleted after the tests of the file. */
export const createCaller = async (statements: readonly Statement[]): Promise<AwsCredentialIdentity> => {
  const UserName = freshId('caller');
  await iam.send(new CreateUserCommand({ UserName }));
  const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: statements });
  await iam.send(new PutUserPolicyCommand({ UserName, PolicyName: 'calls', PolicyDocument }));
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName }));
  const { AccessKeyId = '', SecretAccessKey = '' } = AccessKey ?? {};
  created.push({ UserName, AccessKeyId });
  return { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey };
};

const created: { readonly UserName: string; readonly AccessKeyId: string }[] = [];

afterAll(async () => {
  for (const { UserName, AccessKeyId } of created.splice(0)) {
    await iam.send(new DeleteAccessKeyCommand({ UserName, AccessKeyId }));
    await iam.send(new DeleteUserPolicyCommand({ UserName, PolicyName: 'calls' }));
    await iam.send(new DeleteUserCommand({ UserName }));
  }
});

/** The statement that lets a caller use the given routes of the API, such as `POST/v1/targets/etl/*`. */
export const allowRoutes = (...routes: readonly string[]): Statement => ({
  Effect: 'Allow',
  Action: 'execute-api:Invoke',
  Resource: routes.map((route) => `arn:aws:execute-api:*:*:*/*/${route}`),
});
