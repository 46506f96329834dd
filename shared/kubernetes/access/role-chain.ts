import type { NamedTarget } from '#events/records/target.ts';

import type { Aws, RoleSession } from './eks.ts';
import { createExpiringCache, expiryMarginMs } from './expiring-cache.ts';
import { toKubernetesRoleFault, toRemoteRoleFault } from './faults.ts';
import type { Identity } from './token.ts';

/** The roles from a function to its targets: the Kubernetes role, then the remote role of a target that has one. */
export interface RoleChain {
  /**
   * The credentials of the role that the EKS cluster of a target knows, in a session of this name. They are cached until
   * a minute before they expire.
   *
   * @throws Fault `target-refused` when AWS does not allow one of the roles, `target-unreachable` when it does not answer.
   */
  getIdentity(target: NamedTarget, sessionName: string): Promise<Identity>;
  /** Makes the next `getIdentity` get new credentials, unless those in the cache are new. */
  forget(target: NamedTarget, sessionName: string): void;
}

interface RoleChainOptions {
  readonly aws: Aws;
  readonly now: () => Date;
  readonly kubernetesRoleArn: string;
  /** The session of the Kubernetes role in which it assumes remote roles. The invocations of a function share it. */
  readonly ownSessionName: string;
}

/** Younger credentials are kept, because an EKS cluster that lacks an access entry refuses new ones as well. */
const minAgeMs = 60_000;

export const createRoleChain = ({ aws, now, kubernetesRoleArn, ownSessionName }: RoleChainOptions): RoleChain => {
  const identities = createExpiringCache<Identity>(now);

  const getCached = (session: RoleSession, assume: () => Promise<Identity>): Promise<Identity> =>
    identities.get(toKey(session), async () => {
      const value = await assume();
      return { value, expiresMs: value.expiration.getTime() - expiryMarginMs };
    });

  const getKubernetesIdentity = (sessionName: string): Promise<Identity> => {
    const session = { roleArn: kubernetesRoleArn, sessionName };
    return getCached(session, () =>
      aws.assumeRole(session).catch((error: unknown) => {
        throw toKubernetesRoleFault(error, kubernetesRoleArn);
      }),
    );
  };

  const toSession = ({ roleArn = kubernetesRoleArn, externalId }: NamedTarget, sessionName: string): RoleSession => ({
    roleArn,
    sessionName,
    externalId,
  });

  return {
    async getIdentity(target, sessionName) {
      const session = toSession(target, sessionName);
      if (session.roleArn === kubernetesRoleArn) return getKubernetesIdentity(sessionName);
      return getCached(session, async () => {
        const kubernetes = await getKubernetesIdentity(ownSessionName);
        return aws.assumeRole(session, kubernetes).catch((error: unknown) => {
          throw toRemoteRoleFault(error, { target, kubernetesRoleArn });
        });
      });
    },
    forget: (target, sessionName) => identities.forget(toKey(toSession(target, sessionName)), minAgeMs),
  };
};

const toKey = ({ roleArn, sessionName, externalId = '' }: RoleSession): string =>
  JSON.stringify([roleArn, sessionName, externalId]);
