import { readdir, readFile } from 'node:fs/promises';
import { extname, join, relative, sep } from 'node:path';

import { Failure } from '#cli/api/failure.ts';

import { pageHeaders, pagePolicy } from './headers.ts';
import { newProblem, type Reply } from './listener.ts';

const contentTypes: Readonly<Record<string, string>> = {
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

/** A name with a hash of its content: the file never changes. */
const hashed = /^\/assets\/.*-[\w-]{8}\.\w+$/;

/** The built page of the dashboard: its file for each path. */
export type PageFiles = (path: string) => Promise<Reply>;

/**
 * Reads the names of the files, so that no path leads to another file.
 *
 * @throws Failure when the page is not built.
 */
export const openPageFiles = async (folder: string): Promise<PageFiles> => {
  const files = new Map(
    (await listFiles(folder)).map((file) => [`/${relative(folder, file).split(sep).join('/')}`, file]),
  );
  const index = files.get('/index.html');
  if (index === undefined)
    throw new Failure('The page of the dashboard is not built.', {
      hint: 'Run `npm ci` in the folder of Drey.',
    });
  return async (path) => {
    const file = files.get(path);
    const isRoute = extname(path) === '';
    if (file === undefined && !isRoute) return newProblem(404, 'Not found', `The page has no file ${path}.`);
    if (file === undefined || file === index) return { status: 200, headers: pageHeaders, body: await readFile(index) };
    return {
      status: 200,
      headers: {
        'content-security-policy': pagePolicy,
        'content-type': contentTypes[extname(file)] ?? 'application/octet-stream',
        ...(hashed.test(path) ? { 'cache-control': 'private, max-age=31536000, immutable' } : {}),
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
