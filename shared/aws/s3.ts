import type { S3Client } from '@aws-sdk/client-s3';

import { awsRetries } from '#shared/retries.ts';

let client: S3Client | undefined;

/** The S3 SDK with one client for all adapters, loaded on first use because loading takes time at a cold start. */
export const s3 = async () => {
  const sdk = await import('@aws-sdk/client-s3');
  client ??= new sdk.S3Client({
    ...awsRetries,
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  });
  return { ...sdk, client };
};

/** An object that is younger than this is not renewed. */
const maxFreshMs = 7 * 24 * 3_600_000;

interface ObjectKey {
  readonly Bucket: string;
  readonly Key: string;
}

/** Restarts the retention of an object. False: the object is missing. */
export const renewObject = async (
  at: ObjectKey,
  { contentType, now }: { readonly contentType: string; readonly now: () => Date },
): Promise<boolean> => {
  const { client, HeadObjectCommand, CopyObjectCommand, NotFound } = await s3();
  try {
    const { LastModified } = await client.send(new HeadObjectCommand(at));
    if (LastModified !== undefined && now().getTime() - LastModified.getTime() < maxFreshMs) return true;
    // A copy of an object onto itself is a new object. S3 accepts it only when metadata changes.
    const replaced = { MetadataDirective: 'REPLACE', ContentType: contentType } as const;
    const CopySource = `${at.Bucket}/${at.Key.split('/').map(encodeURIComponent).join('/')}`;
    await client.send(new CopyObjectCommand({ ...at, ...replaced, CopySource }));
    return true;
  } catch (error) {
    if (error instanceof NotFound) return false;
    throw error;
  }
};
