import { Fault } from '#events/problems/problem.ts';
import type { Payloads } from '#shared/clusters/ports/objects.ts';

import { withFaults } from './faults.ts';
import { renewObject, s3 } from './s3.ts';

/** The maximum size of a command by HTTP. */
const maxBytes = 6_000_000;

const payloadKey = (operationId: string) => `commands/${operationId}.json`;

/** Payloads of commands in S3: `commands/<operation id>.json`. The bucket is encrypted and expires them. */
export const openPayloads = ({ bucket, now }: { readonly bucket: string; readonly now: () => Date }): Payloads =>
  withFaults<Payloads>({
    async put(operationId, data) {
      const { client, PutObjectCommand } = await s3();
      const at = { Bucket: bucket, Key: payloadKey(operationId) };
      await client.send(new PutObjectCommand({ ...at, Body: JSON.stringify(data), ContentType: 'application/json' }));
    },

    async read(operationId) {
      const text = await readText(bucket, payloadKey(operationId));
      return text === undefined ? undefined : JSON.parse(text);
    },

    async remove(operationId) {
      await removeKey(bucket, payloadKey(operationId));
    },

    renew: (operationId) =>
      renewObject({ Bucket: bucket, Key: payloadKey(operationId) }, { contentType: 'application/json', now }),

    async readUpload(dataref, target) {
      const key = findUploadKey(dataref, { bucket, target });
      const text = key === undefined ? undefined : await readText(bucket, key);
      return text === undefined ? undefined : parseUpload(text);
    },

    async removeUpload(dataref, target) {
      const key = findUploadKey(dataref, { bucket, target });
      if (key?.endsWith('.json') === true) await removeKey(bucket, key);
    },
  });

/** The key of an upload of a target. Undefined for any other place. */
const findUploadKey = (
  dataref: string,
  { bucket, target }: { readonly bucket: string; readonly target: string },
): string | undefined =>
  dataref.startsWith(`s3://${bucket}/uploads/${target}/`) ? dataref.slice(`s3://${bucket}/`.length) : undefined;

const removeKey = async (bucket: string, key: string): Promise<void> => {
  const { client, DeleteObjectCommand } = await s3();
  await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }));
};

const readText = async (bucket: string, key: string): Promise<string | undefined> => {
  const { client, GetObjectCommand, NoSuchKey } = await s3();
  try {
    const { Body, ContentLength = 0 } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    if (ContentLength > maxBytes)
      throw malformed(`The upload has ${ContentLength} bytes. A command has at most ${maxBytes}.`);
    return await Body?.transformToString();
  } catch (error) {
    if (error instanceof NoSuchKey) return undefined;
    throw error;
  }
};

const parseUpload = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw malformed('The upload is not JSON.', error);
  }
};

const malformed = (detail: string, cause?: unknown) =>
  new Fault('malformed-request', `/dataref: ${detail}`, { errors: [{ pointer: '/dataref', detail }], cause });
