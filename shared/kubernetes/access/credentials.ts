import { Fault } from '#events/problem.ts';
import type { NamedTarget } from '#events/target.ts';

import { type Aws, openAws, toAwsFault } from './eks.ts';
import { createExpiringCache } from './expiring-cache.ts';
import { signToken } from './token.ts';

/** The address of an API server, and the credentials for it: a bearer token or a client certificate. */
export type Connection = {
  readonly server: URL;
  /** The certificate authority of the server, as PEM. */
  readonly ca: string;
} & ({ readonly token: string } | { readonly cert: string; readonly key: string });

export interface Access {
  /**
   * The connection to the API server of a target. Address and token are cached until they expire.
   *
   * @throws Fault `target-refused` when AWS refuses, `target-unreachable` when it does not answer, `deadline-exceeded`
   *   when the signal aborts first.
   */
  open(target: NamedTarget, signal: AbortSignal): Promise<Connection>;
  /** Makes the next `open` get a new address or token, because the cached one did not work. */
  forget(target: NamedTarget, part: 'address' | 'token'): void;
}

const addressLifetimeMs = 10 * 60_000;
/** A younger address is not looked up again, because EKS limits the rate of requests. */
const minAddressAgeMs = 10_000;
/** EKS accepts a token for 15 minutes after it was signed. AWS's own tools use it for 14. */
const tokenLifetimeMs = 13 * 60_000;
const expiryMarginMs = 60_000;

interface Sources {
  readonly aws: Aws;
  readonly now: () => Date;
}

/** Access to EKS clusters by access entries: `eks:DescribeCluster` gives the address, a signed STS request the token. */
export const eksAccess = ({ aws = openAws(), now = () => new Date() }: Partial<Sources> = {}): Access => {
  const addresses = createExpiringCache<{ server: URL; ca: string }>(now);
  const tokens = createExpiringCache<string>(now);
  return {
    async open(target, signal) {
      const key = toKey(target);
      const connection = Promise.all([
        addresses.get(key, () => findAddress(target, { aws, now })),
        tokens.get(key, () => createToken(target, { aws, now })),
      ]);
      const [address, token] = await untilAborted(connection, target, signal);
      return { ...address, token };
    },
    forget(target, part) {
      if (part === 'token') tokens.forget(toKey(target));
      else addresses.forget(toKey(target), minAddressAgeMs);
    },
  };
};

const toKey = ({ region, cluster, roleArn = '' }: NamedTarget): string => JSON.stringify([region, cluster, roleArn]);

const findAddress = async (target: NamedTarget, { aws, now }: Sources) => {
  const found = await aws.describe(target).catch((error: unknown) => {
    throw toAwsFault(error, target, 'eks:DescribeCluster');
  });
  if (found === undefined)
    throw new Fault('target-unreachable', `EKS cluster ${target.cluster} is still being created. Retry later.`);
  return {
    value: { server: new URL(found.endpoint), ca: found.ca },
    expiresMs: now().getTime() + addressLifetimeMs,
  };
};

const createToken = async (target: NamedTarget, { aws, now }: Sources) => {
  const identity = await aws.identity(target).catch((error: unknown) => {
    throw toAwsFault(error, target, 'sts:AssumeRole');
  });
  const signedAt = now();
  const identityExpiresMs = identity.expiration?.getTime() ?? Infinity;
  return {
    value: await signToken(target, identity, signedAt),
    expiresMs: Math.min(signedAt.getTime() + tokenLifetimeMs, identityExpiresMs - expiryMarginMs),
  };
};

/** Stops waiting when the signal aborts. The requests to AWS continue, because other callers share them. */
const untilAborted = async <T>(promise: Promise<T>, { name }: NamedTarget, signal: AbortSignal): Promise<T> => {
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const abort = () =>
    reject(
      new Fault(
        'deadline-exceeded',
        `AWS did not return an address or credentials for target ${name} within the time limit. Retry later.`,
        {
          cause: signal.reason,
        },
      ),
    );
  if (signal.aborted) abort();
  signal.addEventListener('abort', abort, { once: true });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
};
