import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { Failure } from './failure.ts';

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  readonly expiration?: Date;
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** The content of `.local/drey.json`, which the local system writes. */
export interface LocalFile {
  readonly apiUrl: string;
  readonly region?: string;
  readonly credentials?: Credentials;
}

/** The settings that `drey configure` saves. */
export interface UserFile {
  readonly api?: string;
  readonly region?: string;
  readonly target?: string;
}

const isMissing = (error: unknown) => error instanceof Error && 'code' in error && error.code === 'ENOENT';

/** The file of the local system in the folder of the package; undefined when the system is not running. */
export const readLocalFile = (packageFolder: string): LocalFile | undefined => {
  const path = join(packageFolder, '.local', 'drey.json');
  try {
    // The local system writes the file. A wrong value shows at the first request.
    const file: LocalFile = JSON.parse(readFileSync(path, 'utf8'));
    return file;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw new Failure(`The file ${path} is not valid JSON.`, {
      hint: 'Run `npm start` again, or set DREY_API.',
      cause: error,
    });
  }
};

/** The file of `drey configure`; undefined without a home folder. @see XDG Base Directory Specification */
export const userFilePath = ({ XDG_CONFIG_HOME: config, HOME: home }: Environment): string | undefined => {
  const folder = config || (home ? join(home, '.config') : undefined);
  return folder === undefined ? undefined : join(folder, 'drey', 'config.json');
};

/** @throws Failure when the file exists and is not valid. */
export const readUserFile = (env: Environment): UserFile => {
  const path = userFilePath(env);
  if (path === undefined) return {};
  try {
    // `drey configure` writes the file. A wrong value shows where it is used.
    const file: UserFile = JSON.parse(readFileSync(path, 'utf8'));
    return file;
  } catch (error) {
    if (isMissing(error)) return {};
    throw new Failure(`The settings file ${path} cannot be read.`, {
      hint: 'Correct the file, or remove it and run `drey configure`.',
      cause: error,
    });
  }
};
