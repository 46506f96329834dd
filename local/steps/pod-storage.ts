import { IAMClient } from '@aws-sdk/client-iam';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';

import { deleteBucket } from '#local/emulators/buckets.ts';
import { createUser, deleteUser } from '#local/emulators/users.ts';
import { applyManifest } from '#local/services/kubernetes.ts';
import { startS3Endpoint } from '#local/services/s3-endpoint.ts';
import { awsConfig, podBucket, type Settings } from '#local/settings.ts';

const userName = 'drey-local-pods';

/** The Secret from which pods have the variables of the AWS SDK, and the keys of it. */
export const s3Secret = { name: 's3', accessKey: 'access-key', secretKey: 'secret-key' } as const;

/** Creates the empty bucket of the pods with a user who may use only it, and the endpoint by which pods reach it. */
export const createPodStorage = async (settings: Settings): Promise<void> => {
  await removePodStorage(settings);
  await new S3Client(awsConfig(settings)).send(new CreateBucketCommand({ Bucket: podBucket }));
  const { accessKeyId, secretAccessKey } = await createUser(new IAMClient(awsConfig(settings)), userName, [
    { Effect: 'Allow', Action: 's3:*', Resource: [`arn:aws:s3:::${podBucket}`, `arn:aws:s3:::${podBucket}/*`] },
  ]);
  const data = { [s3Secret.accessKey]: accessKeyId, [s3Secret.secretKey]: secretAccessKey };
  const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: s3Secret.name }, stringData: data };
  await applyManifest(settings, JSON.stringify(secret));
  await startS3Endpoint(settings, { bucket: podBucket, accessKeyId });
};

/** Removes the bucket of the pods and its user from the emulator, if they are there. */
export const removePodStorage = async (settings: Settings): Promise<void> => {
  await deleteBucket(settings, podBucket);
  await deleteUser(new IAMClient(awsConfig(settings)), userName);
};
