import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { Failure } from './failure.ts';

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** `.local/drey.json`: where the one-machine system says that it is. */
export interface LocalFile {
  readonly apiUrl: string;
  readonly region?: string;
  readonly credentials?: Credentials;
}

/** What `drey configure` keeps. */
export interface UserFile {
  readonly api?: string;
  readonly region?: string;
  readonly target?: string;
}

const isMissing = (error: unknown) => error instanceof Error && 'code' in error && error.code === 'ENOENT';

/** What `npm start` left in the folder of the package; undefined when it runs nothing. */
export const readLocalFile = (packageFolder: string): LocalFile | undefined => {
  const path = join(packageFolder, '.local', 'drey.json');
  try {
    // Written by our own one-machine system; what is wrong with it shows at the first request.
    const file: LocalFile = JSON.parse(readFileSync(path, 'utf8'));
    return file;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw new Failure(`${path} cannot be read.`, { hint: 'Run `npm start` again, or set DREY_API.', cause: error });
  }
};

/** The file of `drey configure`; undefined where the environment knows no home. @see XDG Base Directory Specification */
export const userFileOf = ({ XDG_CONFIG_HOME: config, HOME: home }: Environment): string | undefined => {
  const folder = config || (home ? join(home, '.config') : undefined);
  return folder === undefined ? undefined : join(folder, 'drey', 'config.json');
};

/** @throws Failure when it cannot be read. */
export const readUserFile = (env: Environment): UserFile => {
  const path = userFileOf(env);
  if (path === undefined) return {};
  try {
    // Written by `drey configure`; what is wrong with a value shows where it is used.
    const file: UserFile = JSON.parse(readFileSync(path, 'utf8'));
    return file;
  } catch (error) {
    if (isMissing(error)) return {};
    throw new Failure(`${path} cannot be read.`, {
      hint: 'Mend it, or remove it and run `drey configure`.',
      cause: error,
    });
  }
};
