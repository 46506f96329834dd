import { createReadStream } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { basename } from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

import type { Upload } from './answers.ts';
import { path as apiPath } from './api.ts';
import type { Context } from './context.ts';
import { Failure, UsageError } from './failure.ts';

/** How a zip file, which a jar is, begins. */
const zipMagic = Buffer.from('PK\u0003\u0004', 'latin1');
const longestName = 200;

interface LocalJar {
  readonly file: string;
  readonly bytes: number;
}

const isRemote = (jar: string) => jar.startsWith('s3://');

/**
 * Looks at what was typed before anything is asked of the API.
 *
 * @returns undefined for an earlier upload (`s3://….jar`).
 * @throws UsageError in Flink's words for what is not there, and for what is no jar.
 */
export const checkJar = async (jar: string): Promise<LocalJar | undefined> => {
  if (isRemote(jar)) return undefined;
  if (jar.startsWith('local:'))
    throw refused(
      `${jar} is in the image: a session takes a file of this machine; for an application say --target kubernetes-application`,
    );
  const file = jar.startsWith('file:') ? fileURLToPath(jar) : jar;
  const found = await stat(file).catch(() => undefined); // told just below
  if (found === undefined) throw refused(`JAR file does not exist: ${jar}`);
  if (!found.isFile()) throw refused(`JAR file is not a file: ${jar}`);
  if (!/\.jar$/i.test(file)) throw refused(`not a jar, its name does not end with .jar: ${jar}`);
  if (!(await beginsAsZip(file))) throw refused(`not a jar, it is no zip file: ${jar}`);
  return { file, bytes: found.size };
};

const refused = (detail: string) => new UsageError(`Could not get job jar and dependencies from JAR file: ${detail}`);

const beginsAsZip = async (file: string): Promise<boolean> => {
  let handle: FileHandle | undefined;
  try {
    handle = await open(file);
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(zipMagic.length), 0, zipMagic.length, 0);
    return bytesRead === zipMagic.length && buffer.equals(zipMagic);
  } catch (error) {
    throw refused(`JAR file cannot be read: ${file} (${error instanceof Error ? error.message : String(error)})`);
  } finally {
    await handle?.close();
  }
};

/** The name that an upload may have: other characters become `_`. */
export const uploadName = (file: string): string => {
  const stem = basename(file)
    .slice(0, -'.jar'.length)
    .replaceAll(/[^\w.-]/g, '_');
  return `${stem.slice(0, longestName - '.jar'.length) || '_'}.jar`;
};

/** @returns What a submit calls the jar. */
export const uploadJar = async (jar: LocalJar, target: string, context: Context): Promise<string> => {
  const upload = await context.api.post<Upload>(apiPath`/v1/targets/${target}/uploads`, {
    name: uploadName(jar.file),
    bytes: jar.bytes,
  });
  const { policies, repeat } = await import('#shared/retries.ts');
  const bar = await uploadBar(jar, context);
  try {
    await repeat(() => put(jar, upload, bar.update, context.signal), {
      policy: policies.upload,
      isTransient: (error) => error instanceof UploadFailed && error.retryable,
      signal: context.signal,
    });
  } catch (error) {
    context.signal.throwIfAborted();
    throw error instanceof UploadFailed ? new Failure(error.message, { cause: error }) : error;
  } finally {
    bar.stop();
  }
  return upload.jar;
};

class UploadFailed extends Error {
  readonly retryable: boolean;

  constructor(message: string, retryable: boolean, cause?: unknown) {
    super(message, { cause });
    this.retryable = retryable;
  }
}

/** `fetch` sends a stream in chunks of unknown number, which S3 does not take: hence `node:http`. */
const put = async (
  { file, bytes }: LocalJar,
  { url, headers }: Upload,
  sent: (bytes: number) => void,
  signal: AbortSignal,
): Promise<void> => {
  const address = new URL(url);
  const send = address.protocol === 'https:' ? httpsRequest : httpRequest;
  const lowerCase = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  const request = send(address, { method: 'PUT', headers: { ...lowerCase, 'content-length': bytes }, signal });
  const response = new Promise<{ status: number; body: Readable }>((resolve, reject) => {
    request.once('response', (message) => resolve({ status: message.statusCode ?? 0, body: message }));
    request.once('error', reject);
  });
  const sending = pipeline(createReadStream(file), counting(sent), request);
  sending.catch(() => {}); // what the other end answered says more; without an answer `response` fails as well
  const { status, body } = await response.catch((error: unknown) => {
    signal.throwIfAborted();
    throw new UploadFailed(
      `The upload of ${basename(file)} broke off: ${error instanceof Error ? error.message : String(error)}`,
      true,
      error,
    );
  });
  const said = await text(body);
  if (status >= 300) {
    const code = /<Code>(\w+)<\/Code>/.exec(said)?.[1];
    throw new UploadFailed(
      `The upload of ${basename(file)} was refused (${[status, code].filter(Boolean).join(' ')}).`,
      status >= 500,
    );
  }
  await sending;
};

const counting = (sent: (bytes: number) => void): Transform => {
  let total = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      total += chunk.length;
      sent(total);
      done(null, chunk);
    },
  });
};

interface Bar {
  readonly update: (bytes: number) => void;
  readonly stop: () => void;
}

const mebibytes = (bytes: number) => (bytes / 2 ** 20).toFixed(1);

const uploadBar = async ({ file, bytes }: LocalJar, { io, note }: Context): Promise<Bar> => {
  const what = `Uploading ${basename(file)}`;
  if (!io.stderr.isTTY) {
    note(`${what} (${mebibytes(bytes)} MiB) …`);
    return { update: () => {}, stop: () => {} };
  }
  const { SingleBar } = (await import('cli-progress')).default;
  const bar = new SingleBar({
    stream: io.stderr,
    clearOnComplete: true,
    hideCursor: true,
    format: `${what} {bar} {percentage}% of ${mebibytes(bytes)} MiB, {eta_formatted} to go`,
    barCompleteChar: '█',
    barIncompleteChar: '░',
  });
  bar.start(bytes, 0);
  return { update: (sent) => bar.update(sent), stop: () => bar.stop() };
};
