/** The bucket of the page. */
import { DeleteObjectsCommand, paginateListObjectsV2, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';

import type { PageStore, StoredFile } from './publish.ts';

/** S3 deletes at most so many objects with a request. */
const maxDeleted = 1_000;

export const s3PageStore = (client: S3Client, bucket: string): PageStore => ({
  list: async () => {
    const files: StoredFile[] = [];
    for await (const { Contents = [] } of paginateListObjectsV2({ client }, { Bucket: bucket }))
      for (const { Key, LastModified } of Contents)
        if (Key !== undefined && LastModified !== undefined)
          files.push({ key: Key, writtenAt: LastModified.getTime() });
    return files;
  },
  put: async ({ key, body, contentType, cacheControl }) => {
    await client.send(
      new PutObjectCommand({
        Bucket: bucket,
        Key: key,
        Body: body,
        ContentType: contentType,
        CacheControl: cacheControl,
      }),
    );
  },
  remove: async (keys) => {
    for (let first = 0; first < keys.length; first += maxDeleted) {
      const Objects = keys.slice(first, first + maxDeleted).map((Key) => ({ Key }));
      const command = new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects, Quiet: true } });
      const { Errors: [error] = [] } = await client.send(command);
      if (error !== undefined) throw new Error(`S3 did not delete ${error.Key} (${error.Code}).`);
    }
  },
});
