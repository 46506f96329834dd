import { readdir, readFile } from 'node:fs/promises';
import { extname, join, relative, sep } from 'node:path';

import { Failure } from '#cli/api/failure.ts';

import { pageHeaders, pagePolicy } from './headers.ts';
import { newProblem, type Reply } from './listener.ts';

const contentTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.map': 'application/json',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.woff2': 'font/woff2',
};

/** @param path `/assets/main-0a1b2c3d.js` */
export const contentTypeOf = (path: string): string => contentTypes[extname(path)] ?? 'application/octet-stream';

/** A name with a hash of its content: the file never changes. */
const hashed = /^\/assets\/.*-[\w-]{8}\.\w+$/;

export const isHashed = (path: string): boolean => hashed.test(path);

/** The cache control of a file that never changes. A cache between servers and browsers keeps a `public` one, too. */
export const toImmutable = (scope: 'private' | 'public'): string => `${scope}, max-age=31536000, immutable`;

/** The built page of the dashboard: its file for each path. */
export type PageFiles = (path: string) => Promise<Reply>;

/** The file that each path without a file extension shows. */
export const indexPath = '/index.html';

/**
 * The files of the built page by their paths in it: `/index.html`.
 *
 * @throws Failure when the page is not built.
 */
export const listPageFiles = async (folder: string): Promise<ReadonlyMap<string, string>> => {
  const files = new Map(
    (await listFiles(folder)).map((file) => [`/${relative(folder, file).split(sep).join('/')}`, file]),
  );
  if (!files.has(indexPath))
    throw new Failure('The page of the dashboard is not built.', {
      hint: 'Run `npm ci` in the folder of Drey.',
    });
  return files;
};

/**
 * Reads the names of the files, so that no path leads to another file.
 *
 * @throws Failure when the page is not built.
 */
export const openPageFiles = async (folder: string): Promise<PageFiles> => {
  const files = await listPageFiles(folder);
  const index = files.get(indexPath) ?? '';
  return async (path) => {
    const file = files.get(path);
    const isRoute = extname(path) === '';
    if (file === undefined && !isRoute) return newProblem(404, 'Not found', `The page has no file ${path}.`);
    if (file === undefined || file === index) return { status: 200, headers: pageHeaders, body: await readFile(index) };
    return {
      status: 200,
      headers: {
        'content-security-policy': pagePolicy,
        'content-type': contentTypeOf(path),
        ...(isHashed(path) ? { 'cache-control': toImmutable('private') } : {}),
      },
      body: await readFile(file),
    };
  };
};

const listFiles = async (folder: string): Promise<readonly string[]> => {
  try {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    return entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
};
