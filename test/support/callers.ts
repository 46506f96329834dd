/** Callers of the API that may do less than the administrator. */
import { IAMClient } from '@aws-sdk/client-iam';
import type { AwsCredentialIdentity } from '@smithy/types';
import { afterAll } from 'vitest';

import { createUser, deleteUser, type Statement } from '#local/emulators/users.ts';

import { aws, freshId } from './system.ts';

const iam = new IAMClient(aws);

/** Creates an IAM user with a policy, and returns its access key. The user is deleted after the tests of the file. */
export const createCaller = async (statements: readonly Statement[]): Promise<AwsCredentialIdentity> => {
  const userName = freshId('caller');
  created.push(userName);
  return createUser(iam, userName, statements);
};

const created: string[] = [];

afterAll(async () => {
  for (const userName of created.splice(0)) await deleteUser(iam, userName);
});

/** The statement that lets a caller use the given routes of the API, such as `POST/v1/targets/etl/*`. */
export const allowRoutes = (...routes: readonly string[]): Statement => ({
  Effect: 'Allow',
  Action: 'execute-api:Invoke',
  Resource: routes.map((route) => `arn:aws:execute-api:*:*:*/*/${route}`),
});
