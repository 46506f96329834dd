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
