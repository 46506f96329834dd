import type { S3Client } from '@aws-sdk/client-s3';

import { Fault } from '#events/problem.ts';
import type { Jars } from '#shared/clusters/ports.ts';
import { awsRetries } from '#shared/retries.ts';

const uploadSeconds = 3600;
const headBytes = 4;
const contentType = 'application/java-archive';

interface JarOptions {
  readonly bucket: string;
  readonly now: () => Date;
  readonly newId: () => string;
}

/** Uploaded jars in S3: `s3://<bucket>/uploads/<target>/<id>/<name>`. */
export const openJars = ({ bucket, now, newId }: JarOptions): Jars => {
  let s3: S3Client | undefined;
  const sdk = async () => {
    const module = await import('@aws-sdk/client-s3');
    s3 ??= new module.S3Client({
      ...awsRetries,
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
    });
    return { ...module, s3 };
  };
  const uploadsOf = (target: string) => `s3://${bucket}/uploads/${target}/`;
  const keyOf = (jar: string) => jar.slice(`s3://${bucket}/`.length);

  return {
    async upload({ target, name, bytes }) {
      const { s3, PutObjectCommand } = await sdk();
      const { getSignedUrl } = await import('@aws-sdk/s3-request-presigner');
      const jar = `${uploadsOf(target)}${newId()}/${name}`;
      const command = new PutObjectCommand({
        Bucket: bucket,
        Key: keyOf(jar),
        ContentLength: bytes,
        ContentType: contentType,
      });
      const url = await getSignedUrl(s3, command, {
        expiresIn: uploadSeconds,
        signableHeaders: new Set(['host', 'content-length', 'content-type']),
      });
      return {
        jar,
        url,
        headers: { 'content-length': String(bytes), 'content-type': contentType },
        expiresAt: new Date(now().getTime() + uploadSeconds * 1000),
      };
    },

    async inspect(jar, target) {
      if (!jar.startsWith(uploadsOf(target))) return undefined;
      const { s3, GetObjectCommand, NoSuchKey } = await sdk();
      try {
        const { Body, ContentRange } = await s3.send(
          new GetObjectCommand({ Bucket: bucket, Key: keyOf(jar), Range: `bytes=0-${headBytes - 1}` }),
        );
        return {
          bytes: Number(ContentRange?.split('/')[1]),
          head: (await Body?.transformToByteArray()) ?? new Uint8Array(),
        };
      } catch (error) {
        if (error instanceof NoSuchKey) return undefined;
        throw error;
      }
    },

    async open(jar, signal) {
      const { s3, GetObjectCommand, NoSuchKey } = await sdk();
      try {
        const { Body, ContentLength } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: keyOf(jar) }), {
          abortSignal: signal,
        });
        // In Node the body is a readable stream of bytes.
        return { stream: Body as unknown as AsyncIterable<Uint8Array>, bytes: ContentLength ?? 0 };
      } catch (error) {
        throw error instanceof NoSuchKey
          ? new Fault('jar-refused', `${jar} is no longer there`, { cause: error })
          : error;
      }
    },
  };
};
