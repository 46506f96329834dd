import { buffer } from 'node:stream/consumers';

import type { KeptFileRef, KeptLogs } from '#shared/clusters/ports/objects.ts';

import { withFaults } from './faults.ts';
import type { S3Call } from './s3.ts';
import { callS3 } from './services/s3.ts';
import { isRefusal } from './transport/errors.ts';

/** Kept logs in S3: `logs/<target>/<cluster ID>/<operation of the deploy>/<file>`. The bucket is encrypted and expires them. */
export const openKeptLogs = (bucket: string, call: S3Call = callS3): KeptLogs => {
  const toObject = ({ target, clusterId, operationId, name }: KeptFileRef) => ({
    Bucket: bucket,
    Key: `logs/${target}/${clusterId}/${operationId}/${name}`,
  });
  return withFaults<KeptLogs>({
    async put(file, content, signal) {
      const ContentType = file.name.endsWith('.gz') ? 'application/gzip' : 'application/json';
      await call('s3:PutObject', { ...toObject(file), Body: content, ContentType }, { signal });
    },

    async read(file, signal) {
      try {
        return await buffer((await call('s3:GetObject', toObject(file), { signal })).Body);
      } catch (error) {
        if (isRefusal(error, 'NoSuchKey')) return undefined;
        throw error;
      }
    },
  });
};
