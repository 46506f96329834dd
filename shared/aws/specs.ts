import { text } from 'node:stream/consumers';

import type { SpecHead } from '#events/records/specs.ts';
import { formatCursor, parseNameCursor } from '#shared/clusters/model/page.ts';
import type { Specs } from '#shared/clusters/ports/objects.ts';

import { withFaults } from './faults.ts';
import type { S3Call } from './s3.ts';
import { callS3 } from './services/s3.ts';
import { isRefusal } from './transport/errors.ts';

const folderOf = (target: string) => `specs/${target}/`;
const keyOf = (target: string, name: string) => `${folderOf(target)}${name}.json`;

/** Stored specs in S3: `specs/<target>/<name>.json`. The bucket is encrypted, because specs may hold secrets. */
export const openSpecs = (bucket: string, call: S3Call = callS3): Specs =>
  withFaults<Specs>({
    async list(target, { limit, cursor }) {
      const name = parseNameCursor(cursor);
      const after = name === undefined ? {} : { StartAfter: keyOf(target, name) };
      const { Contents = [], IsTruncated = false } = await call('s3:ListObjectsV2', {
        Bucket: bucket,
        Prefix: folderOf(target),
        MaxKeys: limit,
        ...after,
      });
      const items = Contents.map(({ Key = '', LastModified = new Date(0) }): SpecHead => {
        const name = Key.slice(folderOf(target).length, -'.json'.length);
        return { name, target, updatedAt: LastModified.toISOString() };
      });
      const last = items.at(-1);
      return IsTruncated && last !== undefined ? { items, cursor: formatCursor(last.name) } : { items };
    },

    async read(target, name) {
      try {
        const at = { Bucket: bucket, Key: keyOf(target, name) };
        const { Body, LastModified = new Date(0) } = await call('s3:GetObject', at);
        return { data: JSON.parse(await text(Body)), updatedAt: LastModified.toISOString() };
      } catch (error) {
        if (isRefusal(error, 'NoSuchKey')) return undefined;
        throw error;
      }
    },

    async put(target, name, data) {
      await call('s3:PutObject', {
        Bucket: bucket,
        Key: keyOf(target, name),
        Body: JSON.stringify(data),
        ContentType: 'application/json',
      });
    },

    async remove(target, name) {
      await call('s3:DeleteObject', { Bucket: bucket, Key: keyOf(target, name) });
    },
  });
