import type { SQSClient } from '@aws-sdk/client-sqs';

import { awsRetries } from '#shared/retries.ts';

/** Sends commands to SQS. */
export type SqsSender = Pick<SQSClient, 'send'>;

/** The SQS SDK with one client, loaded on first use because loading takes time at a cold start. */
export const lazySqs = (given?: SqsSender) => {
  let client = given;
  return async () => {
    const sdk = await import('@aws-sdk/client-sqs');
    client ??= new sdk.SQSClient(awsRetries);
    return { ...sdk, client };
  };
};

export type LazySqs = ReturnType<typeof lazySqs>;
