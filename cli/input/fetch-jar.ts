import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

import { Failure } from '#cli/api/failure.ts';
import { toUploadName } from '#shared/upload-name.ts';

/**
 * Hands over the jar of a URI as a file of this machine, or as the URI of an upload. A jar of a web server is fetched, and
 * removed afterwards.
 *
 * @throws Failure when the server does not answer with the jar, or when this machine cannot read such a URI.
 */
export const withJar = async <T>(uri: string, signal: AbortSignal, use: (jar: string) => Promise<T>): Promise<T> => {
  const scheme = /^([a-z][a-z0-9+.-]+):/i.exec(uri)?.[1]?.toLowerCase();
  if (scheme === undefined || scheme === 'file' || scheme === 's3') return use(uri);
  if (scheme !== 'http' && scheme !== 'https')
    throw new Failure(`This machine cannot read ${uri}.`, {
      hint: 'Get the jar, and write its path on this machine, an https address or the s3 address of an upload as job.jarURI.',
    });
  const folder = await mkdtemp(join(tmpdir(), 'drey-jar-'));
  try {
    const file = join(folder, toUploadName(basename(new URL(uri).pathname)));
    await fetchInto(file, uri, signal);
    return await use(file);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

const fetchInto = async (file: string, uri: string, signal: AbortSignal): Promise<void> => {
  const { origin, pathname } = new URL(uri); // Not the query, which may have a signature.
  const newFailure = (reason: string, cause?: unknown) =>
    new Failure(`The jar ${origin}${pathname} cannot be fetched: ${reason}.`, { cause });
  try {
    const response = await fetch(uri, { signal });
    if (!response.ok || response.body === null) throw newFailure(`the server answered ${response.status}`);
    await pipeline(Readable.fromWeb(response.body), createWriteStream(file), { signal });
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof Failure) throw error;
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    throw newFailure(cause instanceof Error ? cause.message : String(cause), error);
  }
};
