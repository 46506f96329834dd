import type { SQSClient } from '@aws-sdk/client-sqs';

import type { Looks } from '#shared/clusters/ports.ts';
import { awsRetries } from '#shared/retries.ts';

/** The queue between the functions that look at targets. */
export const openLooks = (queueUrl: string): Looks => {
  let client: SQSClient | undefined;
  return {
    async hand(look) {
      const { SQSClient, SendMessageCommand } = await import('@aws-sdk/client-sqs');
      client ??= new SQSClient(awsRetries);
      await client.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: JSON.stringify(look) }));
    },
  };
};
