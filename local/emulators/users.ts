import {
  CreateAccessKeyCommand,
  CreateUserCommand,
  DeleteAccessKeyCommand,
  DeleteUserCommand,
  DeleteUserPolicyCommand,
  type IAMClient,
  ListAccessKeysCommand,
  PutUserPolicyCommand,
} from '@aws-sdk/client-iam';
import type { AwsCredentialIdentity } from '@smithy/types';

import { ignore } from './buckets.ts';

export interface Statement {
  readonly Effect: 'Allow' | 'Deny';
  readonly Action: string | readonly string[];
  readonly Resource: string | readonly string[];
}

const PolicyName = 'allowed';

/** Creates an IAM user with a policy, and returns its access key. */
export const createUser = async (
  iam: IAMClient,
  UserName: string,
  statements: readonly Statement[],
): Promise<AwsCredentialIdentity> => {
  const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: statements });
  await iam.send(new CreateUserCommand({ UserName }));
  await iam.send(new PutUserPolicyCommand({ UserName, PolicyName, PolicyDocument }));
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName }));
  if (AccessKey?.AccessKeyId === undefined || AccessKey.SecretAccessKey === undefined)
    throw new Error(`The AWS emulator has created no access key for the user ${UserName}.`);
  return { accessKeyId: AccessKey.AccessKeyId, secretAccessKey: AccessKey.SecretAccessKey };
};

/** Deletes a user of `createUser`, if it is there. */
export const deleteUser = async (iam: IAMClient, UserName: string): Promise<void> => {
  const absent = ignore('NoSuchEntityException');
  const { AccessKeyMetadata = [] } = (await iam.send(new ListAccessKeysCommand({ UserName })).catch(absent)) ?? {};
  for (const { AccessKeyId } of AccessKeyMetadata)
    await iam.send(new DeleteAccessKeyCommand({ UserName, AccessKeyId }));
  await iam.send(new DeleteUserPolicyCommand({ UserName, PolicyName })).catch(absent);
  await iam.send(new DeleteUserCommand({ UserName })).catch(absent);
};
