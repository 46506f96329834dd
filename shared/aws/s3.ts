import { json } from 'node:stream/consumers';

import { isRefusal } from './transport/errors.ts';
import type { Call, S3Action } from './transport/operations.ts';

export type S3Call = Call<S3Action>;

/** An object that is younger than this is not renewed. */
const maxFreshMs = 7 * 24 * 3_600_000;

interface ObjectKey {
  readonly Bucket: string;
  readonly Key: string;
}

/** Stores a value as JSON, and replaces an earlier one. */
export const putJson = async (at: ObjectKey, value: unknown, call: S3Call): Promise<void> => {
  await call('s3:PutObject', { ...at, Body: JSON.stringify(value), ContentType: 'application/json' });
};

/** A value that was stored as JSON. Undefined for a missing object. */
export const readJson = async (at: ObjectKey, call: S3Call): Promise<unknown> => {
  try {
    return await json((await call('s3:GetObject', at)).Body);
  } catch (error) {
    if (isRefusal(error, 'NoSuchKey')) return undefined;
    throw error;
  }
};

interface RenewOptions {
  readonly contentType: string;
  readonly now: () => Date;
  readonly call: S3Call;
}

/** Restarts the retention of an object. False: the object is missing. */
export const renewObject = async (at: ObjectKey, { contentType, now, call }: RenewOptions): Promise<boolean> => {
  try {
    const { LastModified } = await call('s3:HeadObject', at);
    if (LastModified !== undefined && now().getTime() - LastModified.getTime() < maxFreshMs) return true;
    // A copy of an object onto itself is a new object. S3 accepts it only when metadata changes.
    const replaced = { MetadataDirective: 'REPLACE', ContentType: contentType } as const;
    const CopySource = `${at.Bucket}/${at.Key.split('/').map(encodeURIComponent).join('/')}`;
    await call('s3:CopyObject', { ...at, ...replaced, CopySource });
    return true;
  } catch (error) {
    if (isRefusal(error, 'NotFound')) return false;
    throw error;
  }
};
