import { buffer } from 'node:stream/consumers';

import { Fault } from '#events/problems/problem.ts';
import type { Jars } from '#shared/clusters/ports/objects.ts';

import { bodyWithFaults, withFaults } from './faults.ts';
import { renewObject, type S3Call } from './s3.ts';
import { callS3, presign } from './services/s3.ts';
import { isRefusal } from './transport/errors.ts';

const uploadSeconds = 3600;
const headBytes = 4;
const contentType = 'application/java-archive';

interface JarOptions {
  readonly bucket: string;
  readonly now: () => Date;
  readonly newId: () => string;
  readonly call?: S3Call;
}

/** Uploaded jars in S3: `s3://<bucket>/uploads/<target>/<id>/<name>`. */
export const openJars = (options: JarOptions): Jars =>
  withFaults<Jars>({
    createUpload: (request) => presignUpload(request, options),
    inspect: (jar, target) => inspectJar(jar, target, options),
    renew: (jar) => renewObject(locate(jar, options), { contentType, now: options.now, call: callOf(options) }),
    open: (jar, signal) => openJar(jar, signal, options),
  });

const callOf = ({ call = callS3 }: JarOptions): S3Call => call;

const uploadsOf = (target: string, { bucket }: JarOptions) => `s3://${bucket}/uploads/${target}/`;

const locate = (jar: string, { bucket }: JarOptions) => ({ Bucket: bucket, Key: jar.slice(`s3://${bucket}/`.length) });

const presignUpload = async (
  { target, name, bytes }: Parameters<Jars['createUpload']>[0],
  options: JarOptions,
): ReturnType<Jars['createUpload']> => {
  const jar = `${uploadsOf(target, options)}${options.newId()}/${name}`;
  const headers = { 'content-length': String(bytes), 'content-type': contentType };
  const url = await presign('s3:PutObject', locate(jar, options), { headers, seconds: uploadSeconds });
  const expiresAt = new Date(options.now().getTime() + uploadSeconds * 1000);
  return { jar, url, headers, expiresAt };
};

const inspectJar = async (jar: string, target: string, options: JarOptions): ReturnType<Jars['inspect']> => {
  if (!jar.startsWith(uploadsOf(target, options))) return undefined;
  try {
    const Range = `bytes=0-${headBytes - 1}`;
    const { Body, ContentRange, ETag } = await callOf(options)('s3:GetObject', { ...locate(jar, options), Range });
    const bytes = Number(ContentRange?.split('/')[1]);
    // Of an object that was put at once, as uploads are, S3 computes it from the content.
    return { bytes, head: await buffer(Body), digest: ETag };
  } catch (error) {
    if (isRefusal(error, 'NoSuchKey')) return undefined;
    throw error;
  }
};

const openJar = async (jar: string, signal: AbortSignal, options: JarOptions): ReturnType<Jars['open']> => {
  try {
    const { Body, ContentLength } = await callOf(options)('s3:GetObject', locate(jar, options), { signal });
    return { stream: bodyWithFaults(Body), bytes: ContentLength ?? 0 };
  } catch (error) {
    if (!isRefusal(error, 'NoSuchKey')) throw error;
    throw new Fault('jar-refused', `Jar ${jar} does not exist. Upload it again.`, { cause: error });
  }
};
