/** Writes a built page to where the distribution reads it. */
import { readFile } from 'node:fs/promises';

import pMap from 'p-map';

import { contentTypeOf, indexPath, isHashed, toImmutable } from '#cli/dashboard/page-files.ts';

/** A file of the page. */
export interface PageFile {
  /** The path in the page without the first slash: `assets/main-0a1b2c3d.js` */
  readonly key: string;
  readonly body: Buffer | string;
  readonly contentType: string;
  readonly cacheControl: string;
}

/** Where the page is. */
export interface PageStore {
  readonly list: () => Promise<readonly string[]>;
  readonly put: (file: PageFile) => Promise<void>;
  readonly remove: (keys: readonly string[]) => Promise<void>;
}

/** What the hosted page knows about its stage. The page reads it as `session.json`. */
export interface HostedFacts {
  readonly version: string;
  readonly api: { readonly url: string };
  readonly target: null;
  readonly authentication: 'oidc';
  readonly issuer: string;
  readonly clientId: string;
  readonly scope: string;
}

const sessionPath = '/session.json';

/** CloudFront and browsers ask whether the file has changed. */
const revalidated = 'no-cache';

const maxConcurrentFiles = 8;

interface Publication {
  /** The files of the built page by their paths in it, with `/index.html`. */
  readonly files: ReadonlyMap<string, string>;
  readonly session: HostedFacts;
  readonly store: PageStore;
}

/** How many files were written, and how many of earlier builds were removed. */
export interface Published {
  readonly written: number;
  readonly removed: number;
}

/**
 * Publishes a build. Its other files are there before the page that names them, and those of earlier builds stay until then, so
 * that a reader always gets a complete page, and nothing has to be invalidated.
 */
export const publishPage = async ({ files, session, store }: Publication): Promise<Published> => {
  const read = async (path: string): Promise<PageFile> => toFile(path, await readFile(files.get(path) ?? ''));
  const others = [...files.keys()].filter((path) => path !== indexPath && path !== sessionPath);
  await pMap(others, async (path) => store.put(await read(path)), { concurrency: maxConcurrentFiles });
  await store.put(toFile(sessionPath, JSON.stringify(session)));
  await store.put(await read(indexPath));
  const current = new Set([...files.keys(), sessionPath].map(toKey));
  const obsolete = (await store.list()).filter((key) => !current.has(key));
  if (obsolete.length > 0) await store.remove(obsolete);
  return { written: current.size, removed: obsolete.length };
};

const toKey = (path: string): string => path.slice(1);

const toFile = (path: string, body: Buffer | string): PageFile => ({
  key: toKey(path),
  body,
  contentType: contentTypeOf(path),
  cacheControl: isHashed(path) ? toImmutable('public') : revalidated,
});
