import { DeleteBucketCommand, DeleteObjectCommand, ListObjectVersionsCommand, S3Client } from '@aws-sdk/client-s3';

import { awsConfig, type Settings } from '../settings.ts';

/** Returns a function that ignores the error with the name, and throws any other. */
export const ignore =
  (name: string) =>
  (error: unknown): undefined => {
    if (!(error instanceof Error && error.name === name)) throw error;
  };

/** Deletes a bucket with all versions of its objects, if it is there. */
export const deleteBucket = async (settings: Settings, Bucket: string): Promise<void> => {
  const s3 = new S3Client(awsConfig(settings));
  const absent = ignore('NoSuchBucket');
  for (;;) {
    const { Versions = [], DeleteMarkers = [] } =
      (await s3.send(new ListObjectVersionsCommand({ Bucket })).catch(absent)) ?? {};
    const objects = [...Versions, ...DeleteMarkers];
    if (objects.length === 0) break;
    for (const { Key, VersionId } of objects) await s3.send(new DeleteObjectCommand({ Bucket, Key, VersionId }));
  }
  await s3.send(new DeleteBucketCommand({ Bucket })).catch(absent);
};
