import {
  CreateAccessKeyCommand,
  CreateUserCommand,
  DeleteAccessKeyCommand,
  DeleteUserCommand,
  DeleteUserPolicyCommand,
  IAMClient,
  ListAccessKeysCommand,
  PutUserPolicyCommand,
} from '@aws-sdk/client-iam';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';

import { deleteBucket, ignore } from '#local/emulators/buckets.ts';
import { applyManifest } from '#local/services/kubernetes.ts';
import { startS3Endpoint } from '#local/services/s3-endpoint.ts';
import { awsConfig, podBucket, type Settings } from '#local/settings.ts';

const UserName = 'drey-local-pods';
const PolicyName = 'bucket';

/** The Secret from which pods have the variables of the AWS SDK, and the keys of it. */
export const s3Secret = { name: 's3', accessKey: 'access-key', secretKey: 'secret-key' } as const;

/** Creates the empty bucket of the pods with a user who may use only it, and the endpoint by which pods reach it. */
export const createPodStorage = async (settings: Settings): Promise<void> => {
  await removePodStorage(settings);
  await new S3Client(awsConfig(settings)).send(new CreateBucketCommand({ Bucket: podBucket }));
  const { accessKeyId, secretAccessKey } = await createUser(settings);
  const data = { [s3Secret.accessKey]: accessKeyId, [s3Secret.secretKey]: secretAccessKey };
  const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: s3Secret.name }, stringData: data };
  await applyManifest(settings, JSON.stringify(secret));
  await startS3Endpoint(settings, { bucket: podBucket, accessKeyId });
};

/** Removes the bucket of the pods and its user from the emulator, if they are there. */
export const removePodStorage = async (settings: Settings): Promise<void> => {
  await deleteBucket(settings, podBucket);
  const iam = new IAMClient(awsConfig(settings));
  const absent = ignore('NoSuchEntityException');
  const { AccessKeyMetadata = [] } = (await iam.send(new ListAccessKeysCommand({ UserName })).catch(absent)) ?? {};
  for (const { AccessKeyId } of AccessKeyMetadata)
    await iam.send(new DeleteAccessKeyCommand({ UserName, AccessKeyId }));
  await iam.send(new DeleteUserPolicyCommand({ UserName, PolicyName })).catch(absent);
  await iam.send(new DeleteUserCommand({ UserName })).catch(absent);
};

const createUser = async (settings: Settings) => {
  const iam = new IAMClient(awsConfig(settings));
  const Resource = [`arn:aws:s3:::${podBucket}`, `arn:aws:s3:::${podBucket}/*`];
  const policy = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 's3:*', Resource }] };
  await iam.send(new CreateUserCommand({ UserName }));
  await iam.send(new PutUserPolicyCommand({ UserName, PolicyName, PolicyDocument: JSON.stringify(policy) }));
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName }));
  if (AccessKey?.AccessKeyId === undefined || AccessKey.SecretAccessKey === undefined)
    throw new Error(`The AWS emulator has created no access key for the user ${UserName}.`);
  return { accessKeyId: AccessKey.AccessKeyId, secretAccessKey: AccessKey.SecretAccessKey };
};
