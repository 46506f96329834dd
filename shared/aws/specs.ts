import type { SpecHead } from '#events/records/specs.ts';
import { formatCursor, parseNameCursor } from '#shared/clusters/model/page.ts';
import type { Specs } from '#shared/clusters/ports/objects.ts';

import { withFaults } from './faults.ts';
import { s3 } from './s3.ts';

const folderOf = (target: string) => `specs/${target}/`;
const keyOf = (target: string, name: string) => `${folderOf(target)}${name}.json`;

/** Stored specs in S3: `specs/<target>/<name>.json`. The bucket is encrypted, because specs may hold secrets. */
export const openSpecs = (bucket: string): Specs => {
  return withFaults<Specs>({
    async list(target, { limit, cursor }) {
      const { client, ListObjectsV2Command } = await s3();
      const name = parseNameCursor(cursor);
      const after = name === undefined ? {} : { StartAfter: keyOf(target, name) };
      const { Contents = [], IsTruncated = false } = await client.send(
        new ListObjectsV2Command({ Bucket: bucket, Prefix: folderOf(target), MaxKeys: limit, ...after }),
      );
      const items = Contents.map(({ Key = '', LastModified = new Date(0) }): SpecHead => {
        const name = Key.slice(folderOf(target).length, -'.json'.length);
        return { name, target, updatedAt: LastModified.toISOString() };
      });
      const last = items.at(-1);
      return IsTruncated && last !== undefined ? { items, cursor: formatCursor(last.name) } : { items };
    },

    async read(target, name) {
      const { client, GetObjectCommand, NoSuchKey } = await s3();
      try {
        const { Body, LastModified = new Date(0) } = await client.send(
          new GetObjectCommand({ Bucket: bucket, Key: keyOf(target, name) }),
        );
        return { data: JSON.parse((await Body?.transformToString()) ?? ''), updatedAt: LastModified.toISOString() };
      } catch (error) {
        if (error instanceof NoSuchKey) return undefined;
        throw error;
      }
    },

    async put(target, name, data) {
      const { client, PutObjectCommand } = await s3();
      await client.send(
        new PutObjectCommand({
          Bucket: bucket,
          Key: keyOf(target, name),
          Body: JSON.stringify(data),
          ContentType: 'application/json',
        }),
      );
    },

    async remove(target, name) {
      const { client, DeleteObjectCommand } = await s3();
      await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: keyOf(target, name) }));
    },
  });
};
