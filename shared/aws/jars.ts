import { Fault } from '#events/problem.ts';
import type { Jars } from '#shared/clusters/ports/objects.ts';

import { withFaults } from './faults.ts';
import { s3 } from './s3.ts';

const uploadSeconds = 3600;
const headBytes = 4;
const freshMs = 7 * 24 * 3_600_000;
const contentType = 'application/java-archive';

interface JarOptions {
  readonly bucket: string;
  readonly now: () => Date;
  readonly newId: () => string;
}

/** Uploaded jars in S3: `s3://<bucket>/uploads/<target>/<id>/<name>`. */
export const openJars = ({ bucket, now, newId }: JarOptions): Jars => {
  const uploadsOf = (target: string) => `s3://${bucket}/uploads/${target}/`;
  const keyOf = (jar: string) => jar.slice(`s3://${bucket}/`.length);
  const encodedKey = (jar: string) => keyOf(jar).split('/').map(encodeURIComponent).join('/');

  return withFaults<Jars>({
    async createUpload({ target, name, bytes }) {
      const { client, PutObjectCommand } = await s3();
      const { getSignedUrl } = await import('@aws-sdk/s3-request-presigner');
      const jar = `${uploadsOf(target)}${newId()}/${name}`;
      const command = new PutObjectCommand({
        Bucket: bucket,
        Key: keyOf(jar),
        ContentLength: bytes,
        ContentType: contentType,
      });
      const url = await getSignedUrl(client, command, {
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
      const { client, GetObjectCommand, NoSuchKey } = await s3();
      try {
        const { Body, ContentRange } = await client.send(
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

    async renew(jar) {
      const { client, HeadObjectCommand, CopyObjectCommand, NotFound } = await s3();
      const at = { Bucket: bucket, Key: keyOf(jar) };
      try {
        const { LastModified } = await client.send(new HeadObjectCommand(at));
        if (LastModified !== undefined && now().getTime() - LastModified.getTime() < freshMs) return true;
        // A copy onto itself is a new object; S3 wants to see that something changes.
        const replaced = { MetadataDirective: 'REPLACE', ContentType: contentType } as const;
        await client.send(new CopyObjectCommand({ ...at, ...replaced, CopySource: `${bucket}/${encodedKey(jar)}` }));
        return true;
      } catch (error) {
        if (error instanceof NotFound) return false;
        throw error;
      }
    },

    async open(jar, signal) {
      const { client, GetObjectCommand, NoSuchKey } = await s3();
      try {
        const { Body, ContentLength } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: keyOf(jar) }), {
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
  });
};
