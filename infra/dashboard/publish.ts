/** Writes a built page to where the distribution reads it. */
import { readFile } from 'node:fs/promises';

import pMap from 'p-map';

import { contentTypeOf, indexPath, isHashed, toImmutable } from '#cli/dashboard/page-files.ts';
import type { HostedSession } from '#events/page-session.ts';

/** A file of the page. */
export interface PageFile {
  /** The path in the page without the first slash: `assets/main-0a1b2c3d.js` */
  readonly key: string;
  readonly body: Buffer | string;
  readonly contentType: string;
  readonly cacheControl: string;
}

/** A file that is in the store. */
export interface StoredFile {
  readonly key: string;
  /** When it was written, in milliseconds since 1970. */
  readonly writtenAt: number;
}

/** Where the page is. */
export interface PageStore {
  readonly list: () => Promise<readonly StoredFile[]>;
  readonly put: (file: PageFile) => Promise<void>;
  readonly remove: (keys: readonly string[]) => Promise<void>;
}

const sessionPath = '/session.json';

/** CloudFront and browsers ask whether the file has changed. */
const revalidated = 'no-cache';

const maxConcurrentFiles = 8;

/** How long a build stays after the one that replaced it: a tab that has it open loads the files of its views later. */
const keptMs = 7 * 24 * 3_600_000;

/** A publication takes less time, so that files of one build are no further apart. */
const maxPublicationMs = 3_600_000;

interface Publication {
  /** The files of the built page by their paths in it, with `/index.html`. */
  readonly files: ReadonlyMap<string, string>;
  readonly session: HostedSession;
  readonly store: PageStore;
  /** Milliseconds since 1970. */
  readonly now?: number;
}

/** How many files were written, and how many of earlier builds were removed. */
export interface Published {
  readonly written: number;
  readonly removed: number;
}

/**
 * Publishes a build. Its other files are there before the page that names them, and those of an earlier build stay for
 * seven days after it was replaced, so that a reader always gets a complete page, and nothing has to be invalidated.
 */
export const publishPage = async ({ files, session, store, now = Date.now() }: Publication): Promise<Published> => {
  const read = async (path: string): Promise<PageFile> => toFile(path, await readFile(files.get(path) ?? ''));
  const others = [...files.keys()].filter((path) => path !== indexPath && path !== sessionPath);
  await pMap(others, async (path) => store.put(await read(path)), { concurrency: maxConcurrentFiles });
  await store.put(toFile(sessionPath, JSON.stringify(session)));
  await store.put(await read(indexPath));
  const current = new Set([...files.keys(), sessionPath].map(toKey));
  const obsolete = findReplaced(await store.list(), now - keptMs).filter((key) => !current.has(key));
  if (obsolete.length > 0) await store.remove(obsolete);
  return { written: current.size, removed: obsolete.length };
};

/** The keys of files that a publication before this time has not written again. */
const findReplaced = (files: readonly StoredFile[], before: number): readonly string[] =>
  files
    .filter((file) =>
      files.some(({ writtenAt }) => writtenAt < before && writtenAt > file.writtenAt + maxPublicationMs),
    )
    .map(({ key }) => key);

const toKey = (path: string): string => path.slice(1);

const toFile = (path: string, body: Buffer | string): PageFile => ({
  key: toKey(path),
  body,
  contentType: contentTypeOf(path),
  cacheControl: isHashed(path) ? toImmutable('public') : revalidated,
});
