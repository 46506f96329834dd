import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { Failure, UsageError } from './failure.ts';

interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** `.local/drey.json`: where the one-machine system says that it is. */
export interface LocalFile {
  readonly apiUrl: string;
  readonly region?: string;
  readonly credentials?: Credentials;
}

/** Where the API is, and how its requests are signed. */
export interface Settings {
  /** May have a path of its own in front of `/v1`. */
  readonly apiUrl: URL;
  readonly region: string;
  readonly credentials: () => Promise<Credentials>;
}

interface Sources {
  /** Of `--api`. */
  readonly flag: string | undefined;
  readonly env: Environment;
  readonly file: LocalFile | undefined;
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

/**
 * @throws Failure when nothing says where the API is.
 * @throws UsageError when that is not an address.
 */
export const settingsFrom = ({ flag, env, file }: Sources): Settings => {
  const chosen = flag ?? env['DREY_API'] ?? file?.apiUrl;
  if (chosen === undefined || chosen === '') {
    throw new Failure('It is not known where the API of Drey is.', {
      hint: 'Run `npm start` for a system on this machine, or set DREY_API (or --api) to the address that `npm run deploy` printed.',
    });
  }
  const apiUrl = addressOf(chosen);
  const local = file !== undefined && chosen === file.apiUrl ? file : undefined;
  return { apiUrl, region: regionOf(apiUrl, local, env), credentials: () => credentialsFrom(local, env) };
};

const addressOf = (text: string): URL => {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol)) throw new UsageError(`Not the address of an API: ${text}`);
  return url;
};

const loopback = /^(localhost|127\.[\d.]+|\[::1\])$/;

/** The region that signatures are for. An address of API Gateway's own says it. */
const regionOf = (url: URL, local: LocalFile | undefined, env: Environment): string => {
  const inHost = /\.execute-api\.([a-z0-9-]+)\.amazonaws\.com/.exec(url.hostname)?.[1];
  const region = inHost ?? local?.region ?? env['AWS_REGION'] ?? env['AWS_DEFAULT_REGION'];
  if (region !== undefined) return region;
  if (loopback.test(url.hostname)) return 'us-east-1'; // what AWS emulators take for granted
  throw new Failure(`The region of ${url.host} is not known.`, { hint: 'Set AWS_REGION.' });
};

/** The SDK's default chain; what the environment holds already is taken without loading it. */
const credentialsFrom = async (local: LocalFile | undefined, env: Environment): Promise<Credentials> => {
  if (local?.credentials !== undefined) return local.credentials;
  const [accessKeyId, secretAccessKey, sessionToken] = [
    env['AWS_ACCESS_KEY_ID'],
    env['AWS_SECRET_ACCESS_KEY'],
    env['AWS_SESSION_TOKEN'],
  ];
  // As in the chain: a profile that is named goes before keys in the environment.
  if (accessKeyId && secretAccessKey && !env['AWS_PROFILE']) {
    return { accessKeyId, secretAccessKey, ...(sessionToken ? { sessionToken } : {}) };
  }
  const { fromNodeProviderChain } = await import('@aws-sdk/credential-providers');
  try {
    return await fromNodeProviderChain()();
  } catch (error) {
    throw new Failure('No AWS credentials were found.', {
      hint: 'Set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or log in with `aws sso login`.',
      cause: error,
    });
  }
};
