import { randomUUID } from 'node:crypto';

import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { afterAll } from 'vitest';

import { getPatchRelease } from '#local/flink-versions.ts';

import { aws, system } from './system.ts';

/** The options that enable the S3 file system in the pods of an image of the local system, such as `2.2` or `2.2-python`. */
export const enableS3 = (image = '2.2'): Readonly<Record<string, string>> => {
  const jar = `flink-s3-fs-hadoop-${getPatchRelease(image)}.jar`;
  return {
    'containerized.master.env.ENABLE_BUILT_IN_PLUGINS': jar,
    'containerized.taskmanager.env.ENABLE_BUILT_IN_PLUGINS': jar,
  };
};

/** A folder of the bucket that pods reach. It is emptied after the other hooks. */
export const useBucket = () => {
  const { podBucket: Bucket } = system;
  if (Bucket === undefined) throw new Error('The system runs on an existing cluster, whose pods reach no bucket.');
  const s3 = new S3Client(aws);
  const folder = `test-${randomUUID().slice(0, 8)}`;

  const listKeys = async (name = ''): Promise<readonly string[]> => {
    const keys: string[] = [];
    let ContinuationToken: string | undefined;
    do {
      const page = await s3.send(new ListObjectsV2Command({ Bucket, Prefix: `${folder}/${name}`, ContinuationToken }));
      keys.push(...(page.Contents ?? []).map(({ Key = '' }) => Key));
      ContinuationToken = page.NextContinuationToken;
    } while (ContinuationToken !== undefined);
    return keys;
  };
  const read = async (Key: string): Promise<string> =>
    (await (await s3.send(new GetObjectCommand({ Bucket, Key }))).Body?.transformToString()) ?? '';

  afterAll(async () => {
    for (const Key of await listKeys()) await s3.send(new DeleteObjectCommand({ Bucket, Key }));
  });
  return {
    /** The folder as pods name it. */
    url: `s3://${Bucket}/${folder}`,
    /** The keys of the objects in a folder of it. */
    listKeys,
    put: async (name: string, Body: Uint8Array): Promise<void> => {
      await s3.send(new PutObjectCommand({ Bucket, Key: `${folder}/${name}`, Body }));
    },
    /** The sorted rows that a table of files has in a folder of it. */
    readRows: async (name: string): Promise<readonly string[]> => {
      const parts = (await listKeys(`${name}/`)).filter((key) => /(^|\/)part-/.test(key));
      const contents = await Promise.all(parts.map(read));
      return contents.flatMap((text) => text.split('\n').filter((line) => line !== '')).toSorted();
    },
  };
};

/** Options as words of the command line. */
export const toWords = (options: Readonly<Record<string, unknown>>): readonly string[] =>
  Object.entries(options).map(([key, value]) => `-D${key}=${String(value)}`);
