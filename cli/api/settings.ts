import { UsageError } from '#cli/options/usage-error.ts';

import { Failure } from './failure.ts';
import { type Credentials, type Environment, type LocalFile, type UserFile, userFileOf } from './settings-files.ts';

/** Where the API is, and how its requests are signed. */
export interface Settings {
  /** May have a path of its own in front of `/v1`. */
  readonly apiUrl: URL;
  /** Who says so. */
  readonly apiFrom: string;
  readonly region: string;
  readonly credentials: () => Promise<Credentials>;
}

/** Where settings are looked for, first wins. */
export interface Sources {
  /** Of `--api`, and of `--at` or `-Ddrey.target`. */
  readonly flags: { readonly api?: string | undefined; readonly target?: string | undefined };
  readonly env: Environment;
  readonly user: () => UserFile;
  /** Of the one-machine system. */
  readonly local: () => LocalFile | undefined;
}

/** A setting, and who says so. */
export interface Chosen {
  readonly value: string;
  readonly from: string;
}

const firstOf = (...candidates: readonly (readonly [string | undefined, string])[]): Chosen | undefined =>
  candidates.flatMap(([value, from]) => (value === undefined ? [] : [{ value, from }]))[0];

const ofUser = (env: Environment) => userFileOf(env) ?? 'drey configure';

export const chosenApi = ({ flags, env, user, local }: Sources): Chosen | undefined =>
  firstOf([flags.api, '--api'], [env['DREY_API'] || undefined, 'DREY_API']) ??
  firstOf([user().api, ofUser(env)]) ??
  firstOf([local()?.apiUrl, 'npm start']);

export const chosenTarget = ({ flags, env, user }: Omit<Sources, 'local'>): Chosen | undefined =>
  firstOf([flags.target, '--at'], [env['DREY_TARGET'] || undefined, 'DREY_TARGET']) ??
  firstOf([user().target, ofUser(env)]);

/** The region that signatures are for. An address of API Gateway's own says it. */
export const chosenRegion = (url: URL, sources: Sources): Chosen | undefined => {
  const { env, user } = sources;
  return (
    firstOf(
      [/\.execute-api\.([a-z0-9-]+)\.amazonaws\.com/.exec(url.hostname)?.[1], 'the address of the API'],
      [localOf(url, sources)?.region, 'npm start'],
      [env['AWS_REGION'], 'AWS_REGION'],
      [env['AWS_DEFAULT_REGION'], 'AWS_DEFAULT_REGION'],
    ) ??
    firstOf(
      [user().region, ofUser(env)],
      [
        loopback.test(url.hostname) ? 'us-east-1' : undefined, // what AWS emulators take for granted
        'this machine',
      ],
    )
  );
};

/** What the one-machine system says, where it is the one that is asked. */
const localOf = (url: URL, { local }: Sources): LocalFile | undefined => {
  const file = loopback.test(url.hostname) ? local() : undefined;
  return file !== undefined && URL.parse(file.apiUrl)?.href === url.href ? file : undefined;
};

/**
 * @throws Failure when nothing says where the API is, or in which region.
 * @throws UsageError when that is not an address.
 */
export const settingsFrom = (sources: Sources): Settings => {
  const chosen = chosenApi(sources);
  if (chosen === undefined || chosen.value === '') {
    throw new Failure('It is not known where the API of Drey is.', {
      lines: ['Neither --api nor DREY_API nor `drey configure` says it, and `npm start` runs nothing here.'],
      hint: 'Run `npm start` for a system on this machine, or `drey configure --api URL` with the address that `npm run deploy` printed.',
    });
  }
  const apiUrl = addressOf(chosen.value);
  const region = chosenRegion(apiUrl, sources)?.value;
  if (region === undefined) {
    throw new Failure(`The region of ${apiUrl.host} is not known.`, {
      hint: 'Set AWS_REGION, or run `drey configure --region REGION` once and for all.',
    });
  }
  return {
    apiUrl,
    apiFrom: chosen.from,
    region,
    credentials: () => credentialsFrom(localOf(apiUrl, sources), sources.env),
  };
};

/** @throws UsageError */
export const addressOf = (text: string): URL => {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol)) throw new UsageError(`Not the address of an API: ${text}`);
  return url;
};

const loopback = /^(localhost|127\.[\d.]+|\[::1\])$/;

/** Who is asked for credentials. */
export const credentialsSource = (url: URL, sources: Sources): string => {
  const { AWS_PROFILE: profile, AWS_ACCESS_KEY_ID: keyId } = sources.env;
  if (localOf(url, sources)?.credentials !== undefined) return 'npm start';
  if (profile) return `profile ${profile}`;
  return keyId ? 'AWS_ACCESS_KEY_ID' : "the AWS SDK's default chain";
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
