import { Fault } from '#events/problems/problem.ts';
import type { Principal } from '#events/principal.ts';
import type { NamedTarget } from '#events/records/target.ts';

import type { Binding } from '#shared/clusters/ports/ports.ts';

import { type Aws, openAws } from './eks.ts';
import { createExpiringCache, expiryMarginMs } from './expiring-cache.ts';
import { toDescribeFault, toIdentityFault } from './faults.ts';
import { createRoleChain } from './role-chain.ts';
import { type Identity, signToken } from './token.ts';

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
  /** The ARN of the role session that `open` uses. @throws as `open` does. */
  identify(target: NamedTarget): Promise<string>;
  /** Makes the next `open` get a new address or token, because the cached one did not work. */
  forget(target: NamedTarget, part: 'address' | 'token'): void;
}

const addressLifetimeMs = 10 * 60_000;
/** A younger address is not looked up again, because EKS limits the rate of requests. */
const minAddressAgeMs = 10_000;
/** EKS accepts a token for 15 minutes after it was signed. AWS's own tools use it for 14. */
const tokenLifetimeMs = 13 * 60_000;

interface EksAccessOptions {
  /** The role that the EKS clusters of this account know, and that remote roles trust. */
  readonly kubernetesRoleArn: string;
  /** What the session name of a request without an operation begins with. */
  readonly functionName: string;
  readonly aws?: Aws;
  readonly now?: () => Date;
}

/** The operation that causes requests, if there is one, and its principal. */
type Cause = Pick<Binding, 'operationId' | 'principal'>;

/**
 * Access to EKS clusters by access entries: `eks:DescribeCluster` gives the address, a signed STS request the token.
 *
 * @returns The access for a cause. The session of the role is named after it, and the audit log of the EKS cluster shows
 *   the name with each request.
 */
export const eksAccess = ({
  kubernetesRoleArn,
  functionName,
  aws = openAws(),
  now = () => new Date(),
}: EksAccessOptions): ((cause: Cause) => Access) => {
  const addresses = createExpiringCache<{ server: URL; ca: string }>(now);
  const tokens = createExpiringCache<string>(now);
  const ownSessionName = toSessionName(functionName);
  const chain = createRoleChain({ aws, now, kubernetesRoleArn, ownSessionName });
  const sources = { aws, now, kubernetesRoleArn };

  return ({ operationId = functionName, principal }) => {
    const sessionName = toSessionName(operationId, principal);
    const getSession = async (target: NamedTarget): Promise<Session> => ({
      target,
      identity: await chain.getIdentity(target, sessionName),
    });
    return {
      async open(target, signal) {
        const connection = Promise.all([
          addresses.get(toAddressKey(target), async () => findAddress(await getSession(target), sources)),
          tokens.get(toTokenKey(target, sessionName), async () => createToken(await getSession(target), now)),
        ]);
        const [address, token] = await untilAborted(connection, target, signal);
        return { ...address, token };
      },
      async identify(target) {
        const { identity } = await getSession(target);
        return aws.getCallerArn(identity).catch((error: unknown) => {
          throw toIdentityFault(error, target.roleArn ?? kubernetesRoleArn);
        });
      },
      forget(target, part) {
        if (part === 'address') return addresses.forget(toAddressKey(target), minAddressAgeMs);
        tokens.forget(toTokenKey(target, sessionName));
        chain.forget(target, sessionName);
      },
    };
  };
};

interface Session {
  readonly target: NamedTarget;
  readonly identity: Identity;
}

type Sources = Pick<Required<EksAccessOptions>, 'aws' | 'now' | 'kubernetesRoleArn'>;

const findAddress = async ({ target, identity }: Session, { aws, now, kubernetesRoleArn }: Sources) => {
  const found = await aws.describe(target, identity).catch((error: unknown) => {
    throw toDescribeFault(error, { target, roleArn: target.roleArn ?? kubernetesRoleArn });
  });
  if (found === undefined)
    throw new Fault('target-unreachable', `EKS cluster ${target.cluster} is still being created. Retry later.`);
  return {
    value: { server: new URL(found.endpoint), ca: found.ca },
    expiresMs: now().getTime() + addressLifetimeMs,
  };
};

const createToken = async ({ target, identity }: Session, now: () => Date) => {
  const signedAt = now();
  return {
    value: await signToken(target, identity, signedAt),
    expiresMs: Math.min(signedAt.getTime() + tokenLifetimeMs, identity.expiration.getTime() - expiryMarginMs),
  };
};

/** All sessions share the address of an EKS cluster. */
const toAddressKey = ({ region, cluster, roleArn = '' }: NamedTarget): string =>
  JSON.stringify([region, cluster, roleArn]);

const toTokenKey = (target: NamedTarget, sessionName: string): string =>
  JSON.stringify([toAddressKey(target), target.externalId ?? '', sessionName]);

const maxSessionNameLength = 64;

/**
 * A session name in the grammar of AWS, `[\w+=,.@-]{2,64}`: the operation ID or the name of the function, `.`, and the end
 * of the principal, which is its most specific part. EKS replaces `@` in the names of users.
 */
export const toSessionName = (name: string, principal: Principal = ''): string => {
  const first = toSessionWord(name).slice(0, maxSessionNameLength).padEnd(2, '-');
  const rest = maxSessionNameLength - first.length - 1;
  return rest < 1 || principal === '' ? first : `${first}.${toSessionWord(principal).slice(-rest)}`;
};

const toSessionWord = (text: string): string => text.replaceAll(/[^\w+=,.@-]/g, '-');

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
