import { text } from 'node:stream/consumers';

import { Fault } from '#events/problems/problem.ts';
import type { Payloads } from '#shared/clusters/ports/objects.ts';

import { withFaults } from './faults.ts';
import { putJson, readJson, renewObject, type S3Call } from './s3.ts';
import { callS3 } from './services/s3.ts';
import { isRefusal } from './transport/errors.ts';

/** The maximum size of a command by HTTP. */
const maxBytes = 6_000_000;

const payloadKey = (operationId: string) => `commands/${operationId}.json`;

interface PayloadOptions {
  readonly bucket: string;
  readonly now: () => Date;
  readonly call?: S3Call;
}

/** Payloads of commands in S3: `commands/<operation id>.json`. The bucket is encrypted and expires them. */
export const openPayloads = ({ bucket, now, call = callS3 }: PayloadOptions): Payloads =>
  withFaults<Payloads>({
    put: (operationId, data) => putJson({ Bucket: bucket, Key: payloadKey(operationId) }, data, call),

    read: (operationId) => readJson({ Bucket: bucket, Key: payloadKey(operationId) }, call),

    async remove(operationId) {
      await call('s3:DeleteObject', { Bucket: bucket, Key: payloadKey(operationId) });
    },

    renew: (operationId) =>
      renewObject({ Bucket: bucket, Key: payloadKey(operationId) }, { contentType: 'application/json', now, call }),

    async readUpload(dataref, target) {
      const key = findUploadKey(dataref, { bucket, target });
      const upload = key === undefined ? undefined : await readText({ Bucket: bucket, Key: key }, call);
      return upload === undefined ? undefined : parseUpload(upload);
    },

    async removeUpload(dataref, target) {
      const key = findUploadKey(dataref, { bucket, target });
      if (key?.endsWith('.json') === true) await call('s3:DeleteObject', { Bucket: bucket, Key: key });
    },
  });

/** The key of an upload of a target. Undefined for any other place. */
const findUploadKey = (
  dataref: string,
  { bucket, target }: { readonly bucket: string; readonly target: string },
): string | undefined =>
  dataref.startsWith(`s3://${bucket}/uploads/${target}/`) ? dataref.slice(`s3://${bucket}/`.length) : undefined;

const readText = async (at: { readonly Bucket: string; readonly Key: string }, call: S3Call) => {
  try {
    const { Body, ContentLength = 0 } = await call('s3:GetObject', at);
    if (ContentLength > maxBytes) {
      Body.destroy();
      throw malformed(`The upload has ${ContentLength} bytes. A command has at most ${maxBytes}.`);
    }
    return await text(Body);
  } catch (error) {
    if (isRefusal(error, 'NoSuchKey')) return undefined;
    throw error;
  }
};

const parseUpload = (upload: string): unknown => {
  try {
    return JSON.parse(upload);
  } catch (error) {
    throw malformed('The upload is not JSON.', error);
  }
};

const malformed = (detail: string, cause?: unknown) =>
  new Fault('malformed-request', `/dataref: ${detail}`, { errors: [{ pointer: '/dataref', detail }], cause });
