import { Fault } from '#events/problem.ts';
import type { Payloads } from '#shared/clusters/ports/objects.ts';

import { withFaults } from './faults.ts';
import { s3 } from './s3.ts';

/** As large as a command by HTTP can be. */
const mostBytes = 6_000_000;

const keyOf = (operationId: string) => `commands/${operationId}.json`;

/** Commands in S3, beside the uploads: `commands/<operation id>.json`. The bucket is encrypted, and forgets them after a while. */
export const openDrafts = (bucket: string): Payloads => {
  const read = async (key: string): Promise<string | undefined> => {
    const { client, GetObjectCommand, NoSuchKey } = await s3();
    try {
      const { Body, ContentLength = 0 } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
      if (ContentLength > mostBytes)
        throw new Fault(
          'malformed-request',
          `/dataref: ${ContentLength} bytes, and a command has at most ${mostBytes}`,
        );
      return await Body?.transformToString();
    } catch (error) {
      if (error instanceof NoSuchKey) return undefined;
      throw error;
    }
  };

  return withFaults<Payloads>({
    async put(operationId, data) {
      const { client, PutObjectCommand } = await s3();
      await client.send(
        new PutObjectCommand({
          Bucket: bucket,
          Key: keyOf(operationId),
          Body: JSON.stringify(data),
          ContentType: 'application/json',
        }),
      );
    },

    async read(operationId) {
      const text = await read(keyOf(operationId));
      return text === undefined ? undefined : JSON.parse(text);
    },

    async remove(operationId) {
      const { client, DeleteObjectCommand } = await s3();
      await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: keyOf(operationId) }));
    },

    async readUpload(dataref, target) {
      const uploads = `s3://${bucket}/uploads/${target}/`;
      const text = dataref.startsWith(uploads) ? await read(dataref.slice(`s3://${bucket}/`.length)) : undefined;
      if (text === undefined) return undefined;
      try {
        return JSON.parse(text);
      } catch (error) {
        throw new Fault('malformed-request', '/dataref: what it names is not JSON', { cause: error });
      }
    },
  });
};
