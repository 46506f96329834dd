import { Sha256 } from '@aws-crypto/sha256-js';
import { DescribeClusterCommand, EKSClient } from '@aws-sdk/client-eks';
import { HttpRequest } from '@smithy/protocol-http';
import { SignatureV4 } from '@smithy/signature-v4';

import { Fault } from '#events/problem.ts';
import type { NamedTarget } from '#events/target.ts';
import { awsRetries } from '#shared/retries.ts';

/** Where an API server is and how to be somebody there: by a bearer token, or by a client certificate. */
export type Connection = {
  readonly server: URL;
  /** The certificate authority that the server's certificate must come from, as PEM. */
  readonly ca: string;
} & ({ readonly token: string } | { readonly cert: string; readonly key: string });

export interface Access {
  /**
   * The way to a target's API server, remembered as long as it holds.
   *
   * @throws Fault `target-refused` when AWS said no, `target-unreachable` when it did not answer.
   */
  open(target: NamedTarget, signal: AbortSignal): Promise<Connection>;
  /** Looks up the address, or makes the token, anew at the next `open`: what is remembered did not work. */
  forget(target: NamedTarget, part: 'address' | 'token'): void;
}

/** Who signs. */
export interface Identity {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
  readonly expiration?: Date | undefined;
}

/** What is asked of AWS on behalf of a target. Either may throw what AWS's SDK throws. */
export interface Aws {
  /** Undefined while the cluster is being created. */
  describe(target: NamedTarget): Promise<{ readonly endpoint: string; readonly ca: string } | undefined>;
  /** Of the role of this process, or of the target's role. */
  identity(target: NamedTarget): Promise<Identity>;
}

const addressMs = 10 * 60_000;
/** An address that did not work is not looked up again sooner than this: EKS limits how often it is asked. */
const youngAddressMs = 10_000;
/** EKS takes a token for 15 minutes after it was signed, and AWS's own tools use it for 14. */
const tokenMs = 13 * 60_000;
const beforeExpiryMs = 60_000;

/** Access to EKS clusters by access entry: `eks:DescribeCluster` says where, a signed STS request says who. */
export const eksAccess = ({
  aws = realAws(),
  now = () => new Date(),
}: { readonly aws?: Aws; readonly now?: () => Date } = {}): Access => {
  const addresses = memory<{ server: URL; ca: string }>(now);
  const tokens = memory<string>(now);

  const address = async (target: NamedTarget) => {
    const found = await aws.describe(target).catch((error: unknown) => {
      throw awsFault(error, target, 'eks:DescribeCluster');
    });
    if (found === undefined)
      throw new Fault('target-unreachable', `EKS cluster ${target.cluster} is still being created`);
    return { value: { server: new URL(found.endpoint), ca: found.ca }, untilMs: now().getTime() + addressMs };
  };

  const token = async (target: NamedTarget) => {
    const identity = await aws.identity(target).catch((error: unknown) => {
      throw awsFault(error, target, 'sts:AssumeRole');
    });
    const signedAt = now();
    const expiresMs = (identity.expiration?.getTime() ?? Infinity) - beforeExpiryMs;
    return {
      value: await signToken(target, identity, signedAt),
      untilMs: Math.min(signedAt.getTime() + tokenMs, expiresMs),
    };
  };

  return {
    async open(target, signal) {
      const key = keyOf(target);
      const both = Promise.all([addresses.get(key, () => address(target)), tokens.get(key, () => token(target))]);
      const [where, who] = await unlessAborted(both, target, signal);
      return { ...where, token: who };
    },
    forget(target, part) {
      if (part === 'token') tokens.forget(keyOf(target));
      else addresses.forget(keyOf(target), youngAddressMs);
    },
  };
};

const keyOf = ({ region, cluster, roleArn = '' }: NamedTarget) => JSON.stringify([region, cluster, roleArn]);

/**
 * A token as `aws eks get-token` makes it: a presigned STS request, which EKS sends to find out who signed it.
 *
 * @see https://github.com/kubernetes-sigs/aws-iam-authenticator#api-authorization-from-outside-a-cluster
 */
export const signToken = async (
  { region, cluster }: Pick<NamedTarget, 'region' | 'cluster'>,
  identity: Identity,
  signingDate: Date,
): Promise<string> => {
  // EKS takes this host only: never the one that AWS_ENDPOINT_URL names.
  const hostname = `sts.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`;
  const { accessKeyId, secretAccessKey, sessionToken } = identity;
  const signer = new SignatureV4({
    service: 'sts',
    region,
    credentials: { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) },
    sha256: Sha256,
    applyChecksum: false,
  });
  const request = new HttpRequest({
    method: 'GET',
    protocol: 'https:',
    hostname,
    path: '/',
    query: { Action: 'GetCallerIdentity', Version: '2011-06-15' },
    headers: { host: hostname, 'x-k8s-aws-id': cluster },
  });
  const { query = {} } = await signer.presign(request, { expiresIn: 60, signingDate });
  const parameters = Object.entries(query).map(
    ([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(String(value))}`,
  );
  return `k8s-aws-v1.${Buffer.from(`https://${hostname}/?${parameters.join('&')}`).toString('base64url')}`;
};

interface Remembered<T> {
  readonly sinceMs: number;
  readonly promise: Promise<{ readonly value: T; readonly untilMs: number }>;
}

/** Values by key, each made once for all who ask at the same time. What could not be made is not remembered. */
const memory = <T>(now: () => Date) => {
  const entries = new Map<string, Remembered<T>>();

  const make = (key: string, maker: () => Remembered<T>['promise']) => {
    const entry = { sinceMs: now().getTime(), promise: maker() };
    entries.set(key, entry);
    entry.promise.catch(() => {
      if (entries.get(key) === entry) entries.delete(key);
    });
    return entry;
  };

  return {
    get: async (key: string, maker: () => Remembered<T>['promise']): Promise<T> => {
      const known = entries.get(key);
      if (known === undefined) return (await make(key, maker).promise).value;
      const { value, untilMs } = await known.promise;
      if (untilMs > now().getTime()) return value;
      // It is over; of all who waited for it the first makes another.
      const current = entries.get(key);
      const next = current === undefined || current === known ? make(key, maker) : current;
      return (await next.promise).value;
    },
    forget: (key: string, youngMs = 0) => {
      const entry = entries.get(key);
      if (entry !== undefined && now().getTime() - entry.sinceMs >= youngMs) entries.delete(key);
    },
  };
};

/** The caller stops waiting; what is asked of AWS is for others as well, and goes on. */
const unlessAborted = async <T>(promise: Promise<T>, { name }: NamedTarget, signal: AbortSignal): Promise<T> => {
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const abort = () =>
    reject(new Fault('deadline-exceeded', `no way to target ${name} was found in time`, { cause: signal.reason }));
  if (signal.aborted) abort();
  signal.addEventListener('abort', abort, { once: true });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
};

const refusals = new Set([
  'AccessDenied',
  'AccessDeniedException',
  'ExpiredToken',
  'ExpiredTokenException',
  'InvalidClientTokenId',
  'InvalidSignatureException',
  'SignatureDoesNotMatch',
  'UnrecognizedClientException',
]);

const awsFault = (error: unknown, { cluster, region, roleArn }: NamedTarget, action: string): Fault => {
  const name = error instanceof Error ? error.name : 'unknown error';
  const options = { reason: name, cause: error };
  if (name === 'ResourceNotFoundException') {
    return new Fault('target-refused', `there is no EKS cluster ${cluster} in region ${region}`, options);
  }
  const as = roleArn === undefined ? '' : ` with role ${roleArn}`;
  if (refusals.has(name)) {
    const on = action === 'sts:AssumeRole' ? (roleArn ?? 'a role') : `EKS cluster ${cluster} in region ${region}${as}`;
    return new Fault('target-refused', `AWS does not let Drey do ${action} on ${on} (${name})`, options);
  }
  return new Fault(
    'target-unreachable',
    `${action} for EKS cluster ${cluster} in region ${region}${as} got no answer (${name})`,
    options,
  );
};

const awsTimeoutMs = 8_000;

/** One client for each region and role, because the client remembers the credentials. */
const realAws = (): Aws => {
  const clients = new Map<string, EKSClient>();

  const clientOf = ({ region, roleArn }: NamedTarget): EKSClient => {
    const key = JSON.stringify([region, roleArn ?? '']);
    const client =
      clients.get(key) ??
      new EKSClient({
        ...awsRetries,
        region,
        ...(roleArn === undefined ? {} : { credentials: roleCredentials(roleArn, region) }),
      });
    clients.set(key, client);
    return client;
  };

  return {
    async describe(target) {
      const command = new DescribeClusterCommand({ name: target.cluster });
      const { cluster } = await clientOf(target).send(command, { abortSignal: AbortSignal.timeout(awsTimeoutMs) });
      const { endpoint, certificateAuthority } = cluster ?? {};
      if (endpoint === undefined || certificateAuthority?.data === undefined) return undefined;
      return { endpoint, ca: Buffer.from(certificateAuthority.data, 'base64').toString() };
    },
    identity: (target) => clientOf(target).config.credentials(),
  };
};

/** Only targets with a role of their own load the client of STS. */
const roleCredentials = (roleArn: string, region: string) => async () => {
  const { fromTemporaryCredentials } = await import('@aws-sdk/credential-providers');
  const params = { RoleArn: roleArn, RoleSessionName: 'drey' };
  return fromTemporaryCredentials({ params, clientConfig: { ...awsRetries, region } })();
};
