import { UsageError } from '#cli/options/usage-error.ts';

import { Failure } from './failure.ts';
import { type Credentials, type Environment, type LocalFile, type UserFile, userFilePath } from './settings-files.ts';

/** The endpoint of the API, and what signs requests to it. */
export interface Settings {
  /** May have a path of its own before `/v1`. */
  readonly apiUrl: URL;
  /** The source of the endpoint, for messages. */
  readonly apiFrom: string;
  readonly region: string;
  readonly credentials: () => Promise<Credentials>;
  /** Replaces the signature. */
  readonly token?: string;
}

/** The sources of settings, in the order of precedence. */
export interface Sources {
  /** From `--api`, and from `--at` or `-Ddrey.target`. */
  readonly flags: { readonly api?: string | undefined; readonly target?: string | undefined };
  readonly env: Environment;
  readonly user: () => UserFile;
  /** Written by the local system. */
  readonly local: () => LocalFile | undefined;
}

/** A setting and its source. */
export interface ResolvedSetting {
  readonly value: string;
  readonly from: string;
}

const firstDefined = (...candidates: readonly (readonly [string | undefined, string])[]): ResolvedSetting | undefined =>
  candidates.flatMap(([value, from]) => (value === undefined ? [] : [{ value, from }]))[0];

const userFileName = (env: Environment) => userFilePath(env) ?? 'drey configure';

export const resolveApi = ({ flags, env, user, local }: Sources): ResolvedSetting | undefined =>
  firstDefined([flags.api, '--api'], [env['DREY_API'] || undefined, 'DREY_API']) ??
  firstDefined([user().api, userFileName(env)]) ??
  firstDefined([local()?.apiUrl, 'npm start']);

export const resolveTarget = ({ flags, env, user }: Omit<Sources, 'local'>): ResolvedSetting | undefined =>
  firstDefined([flags.target, '--at'], [env['DREY_TARGET'] || undefined, 'DREY_TARGET']) ??
  firstDefined([user().target, userFileName(env)]);

/** The region of the signature. The host name of API Gateway contains it. */
export const resolveRegion = (url: URL, sources: Sources): ResolvedSetting | undefined => {
  const { env, user } = sources;
  return (
    firstDefined(
      [/\.execute-api\.([a-z0-9-]+)\./.exec(url.hostname)?.[1], 'the API endpoint'],
      [findLocalFile(url, sources)?.region, 'npm start'],
      [env['AWS_REGION'], 'AWS_REGION'],
      [env['AWS_DEFAULT_REGION'], 'AWS_DEFAULT_REGION'],
    ) ??
    firstDefined(
      [user().region, userFileName(env)],
      [
        loopback.test(url.hostname) ? 'us-east-1' : undefined, // the default of AWS emulators
        'this machine',
      ],
    )
  );
};

/** The file of the local system, if the endpoint is the local system. */
const findLocalFile = (url: URL, { local }: Sources): LocalFile | undefined => {
  const file = loopback.test(url.hostname) ? local() : undefined;
  return file !== undefined && URL.parse(file.apiUrl)?.href === url.href ? file : undefined;
};

/**
 * @throws Failure when no endpoint or no region is configured.
 * @throws UsageError when the endpoint is not a URL.
 */
export const resolveSettings = (sources: Sources): Settings => {
  const chosen = resolveApi(sources);
  if (chosen === undefined || chosen.value === '') {
    throw new Failure('No API endpoint is configured.', {
      lines: ['Neither --api nor DREY_API nor `drey configure` sets an endpoint, and the local system is not running.'],
      hint: 'Set DREY_API or run `drey configure --api URL`. `npm run deploy` prints the URL; `npm start` starts a local system.',
    });
  }
  const apiUrl = parseApiUrl(chosen.value);
  const token = readToken(apiUrl, sources.env);
  const region = resolveRegion(apiUrl, sources)?.value ?? (token === undefined ? undefined : ''); // for signatures only
  if (region === undefined) {
    throw new Failure(`The AWS region of the API ${apiUrl.host} is not configured.`, {
      hint: 'Set AWS_REGION, or run `drey configure --region REGION`.',
    });
  }
  return {
    apiUrl,
    apiFrom: chosen.from,
    region,
    ...(token === undefined ? {} : { token }),
    credentials: () => loadCredentials(findLocalFile(apiUrl, sources), sources.env),
  };
};

/** @throws Failure for a token that would be sent as plain text, or that is no token. It is not printed. */
const readToken = (url: URL, { DREY_TOKEN: text }: Environment): string | undefined => {
  const token = text?.trim();
  if (!token) return undefined;
  if (!/^[\w-]+\.[\w-]+\.[\w-]+$/.test(token))
    throw new Failure('DREY_TOKEN is not a JSON Web Token.', { hint: 'Set it to the token alone, without "Bearer".' });
  if (url.protocol === 'http:' && !loopback.test(url.hostname))
    throw new Failure(`DREY_TOKEN is not sent to ${url.host}, because the connection is not encrypted.`, {
      hint: 'Use an https URL of the API.',
    });
  return token;
};

/** @throws UsageError */
export const parseApiUrl = (text: string): URL => {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol))
    throw new UsageError(`The API endpoint must be an http or https URL, not "${text}".`);
  return url;
};

const loopback = /^(localhost|127\.[\d.]+|\[::1\])$/;

/** The source of the credentials, for `drey configure --show`. */
export const describeCredentialsSource = (url: URL, sources: Sources): string => {
  const { AWS_PROFILE: profile, AWS_ACCESS_KEY_ID: keyId, DREY_TOKEN: token } = sources.env;
  if (token?.trim()) return 'DREY_TOKEN';
  if (findLocalFile(url, sources)?.credentials !== undefined) return 'npm start';
  if (profile) return `profile ${profile}`;
  return keyId ? 'AWS_ACCESS_KEY_ID' : "the AWS SDK's default chain";
};

/** The default chain of the AWS SDK. Keys in the environment are read without loading the SDK. */
const loadCredentials = async (local: LocalFile | undefined, env: Environment): Promise<Credentials> => {
  if (local?.credentials !== undefined) return local.credentials;
  const [accessKeyId, secretAccessKey, sessionToken] = [
    env['AWS_ACCESS_KEY_ID'],
    env['AWS_SECRET_ACCESS_KEY'],
    env['AWS_SESSION_TOKEN'],
  ];
  // In the chain, AWS_PROFILE overrides keys in the environment.
  if (accessKeyId && secretAccessKey && !env['AWS_PROFILE']) {
    return { accessKeyId, secretAccessKey, ...(sessionToken ? { sessionToken } : {}) };
  }
  const { fromNodeProviderChain } = await import('@aws-sdk/credential-providers');
  try {
    return await fromNodeProviderChain()();
  } catch (error) {
    throw new Failure('No AWS credentials were found.', {
      hint: 'Set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or run `aws sso login`.',
      cause: error,
    });
  }
};
