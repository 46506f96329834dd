import type { RevisionSpecs } from '#shared/clusters/ports/objects.ts';

import { withFaults } from './faults.ts';
import { putJson, readJson, renewObject, type S3Call } from './s3.ts';
import { callS3 } from './services/s3.ts';

interface RevisionSpecOptions {
  readonly bucket: string;
  readonly now: () => Date;
  readonly call?: S3Call;
}

/** Specs of revisions in S3: `revisions/<operation id>.json`. The bucket is encrypted and expires them. */
export const openRevisionSpecs = ({ bucket, now, call = callS3 }: RevisionSpecOptions): RevisionSpecs => {
  const toObject = (operationId: string) => ({ Bucket: bucket, Key: `revisions/${operationId}.json` });
  return withFaults<RevisionSpecs>({
    put: (operationId, spec) => putJson(toObject(operationId), spec, call),

    read: (operationId) => readJson(toObject(operationId), call),

    async remove(operationId) {
      await call('s3:DeleteObject', toObject(operationId));
    },

    renew: (operationId) => renewObject(toObject(operationId), { contentType: 'application/json', now, call }),
  });
};
