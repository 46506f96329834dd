import { GetQueueAttributesCommand, type SQSClient } from '@aws-sdk/client-sqs';

import { sign } from '#cli/api/sign.ts';
import type { Cluster } from '#events/records/cluster.ts';
import type { LocalSystem } from '#local/system.ts';

/** Sends signed requests to the API of a system. */
export const openApi =
  (system: LocalSystem) =>
  async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const url = new URL(`${system.apiUrl}${path}`);
    const text = body === undefined ? undefined : JSON.stringify(body);
    const headers = await sign(
      { method, url, headers: {}, body: text },
      { region: system.region, credentials: async () => system.credentials },
    );
    const response = await fetch(url, { method, headers, ...(text === undefined ? {} : { body: text }) });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as T;
  };

export type Api = ReturnType<typeof openApi>;

/** How many clusters with a prefix have not ended. */
export const countOpenClusters = async (call: Api, path: string, prefix: string): Promise<number> => {
  let open = 0;
  let cursor: string | undefined;
  do {
    const after = cursor === undefined ? '' : `&cursor=${cursor}`;
    const page: { clusters: Cluster[]; cursor?: string } = await call('GET', `${path}/clusters?limit=200${after}`);
    open += page.clusters.filter(({ clusterId }) => clusterId.startsWith(prefix)).length;
    ({ cursor } = page);
  } while (cursor !== undefined);
  return open;
};

/** How many messages are in the rejected queue. */
export const countRejected = async (client: SQSClient, url: string): Promise<number> => {
  const { Attributes = {} } = await client.send(
    new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['ApproximateNumberOfMessages'] }),
  );
  return Number(Attributes['ApproximateNumberOfMessages']);
};
