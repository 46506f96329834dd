import { Fault } from '#events/problems/problem.ts';
import type { Jars } from '#shared/clusters/ports/objects.ts';

import { withFaults } from './faults.ts';
import { renewObject, s3 } from './s3.ts';

const uploadSeconds = 3600;
const headBytes = 4;
const contentType = 'application/java-archive';

interface JarOptions {
  readonly bucket: string;
  readonly now: () => Date;
  readonly newId: () => string;
}

/** Uploaded jars in S3: `s3://<bucket>/uploads/<target>/<id>/<name>`. */
export const openJars = (options: JarOptions): Jars =>
  withFaults<Jars>({
    createUpload: (request) => presignUpload(request, options),
    inspect: (jar, target) => inspectJar(jar, target, options),
    renew: (jar) => renewObject(locate(jar, options), { contentType, now: options.now }),
    open: (jar, signal) => openJar(jar, signal, options),
  });

const uploadsOf = (target: string, { bucket }: JarOptions) => `s3://${bucket}/uploads/${target}/`;

const locate = (jar: string, { bucket }: JarOptions) => ({ Bucket: bucket, Key: jar.slice(`s3://${bucket}/`.length) });

const presignUpload = async (
  { target, name, bytes }: Parameters<Jars['createUpload']>[0],
  options: JarOptions,
): ReturnType<Jars['createUpload']> => {
  const { client, PutObjectCommand } = await s3();
  const { getSignedUrl } = await import('@aws-sdk/s3-request-presigner');
  const jar = `${uploadsOf(target, options)}${options.newId()}/${name}`;
  const command = new PutObjectCommand({ ...locate(jar, options), ContentLength: bytes, ContentType: contentType });
  const url = await getSignedUrl(client, command, {
    expiresIn: uploadSeconds,
    signableHeaders: new Set(['host', 'content-length', 'content-type']),
  });
  const expiresAt = new Date(options.now().getTime() + uploadSeconds * 1000);
  return { jar, url, headers: { 'content-length': String(bytes), 'content-type': contentType }, expiresAt };
};

const inspectJar = async (jar: string, target: string, options: JarOptions): ReturnType<Jars['inspect']> => {
  if (!jar.startsWith(uploadsOf(target, options))) return undefined;
  const { client, GetObjectCommand, NoSuchKey } = await s3();
  try {
    const { Body, ContentRange } = await client.send(
      new GetObjectCommand({ ...locate(jar, options), Range: `bytes=0-${headBytes - 1}` }),
    );
    const bytes = Number(ContentRange?.split('/')[1]);
    return { bytes, head: (await Body?.transformToByteArray()) ?? new Uint8Array() };
  } catch (error) {
    if (error instanceof NoSuchKey) return undefined;
    throw error;
  }
};

const openJar = async (jar: string, signal: AbortSignal, options: JarOptions): ReturnType<Jars['open']> => {
  const { client, GetObjectCommand, NoSuchKey } = await s3();
  try {
    const command = new GetObjectCommand(locate(jar, options));
    const { Body, ContentLength } = await client.send(command, { abortSignal: signal });
    // In Node.js the body is a readable stream of bytes.
    return { stream: Body as unknown as AsyncIterable<Uint8Array>, bytes: ContentLength ?? 0 };
  } catch (error) {
    if (!(error instanceof NoSuchKey)) throw error;
    throw new Fault('jar-refused', `Jar ${jar} does not exist. Upload it again.`, { cause: error });
  }
};
