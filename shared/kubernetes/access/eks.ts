import { DescribeClusterCommand, EKSClient } from '@aws-sdk/client-eks';

import { Fault } from '#events/problem.ts';
import type { NamedTarget } from '#events/target.ts';
import { awsRetries } from '#shared/retries.ts';

import type { Identity } from './token.ts';

/** The requests to AWS for a target. Both may throw what the AWS SDK throws. */
export interface Aws {
  /** Endpoint and certificate authority (PEM) of the EKS cluster; undefined while the cluster is being created. */
  describe(target: NamedTarget): Promise<{ readonly endpoint: string; readonly ca: string } | undefined>;
  /** The credentials of the target's role, or else of the function's role. */
  identity(target: NamedTarget): Promise<Identity>;
}

const timeoutMs = 8_000;

/** Keeps one client for each region and role, because a client caches the credentials of its role. */
export const openAws = (): Aws => {
  const clients = new Map<string, EKSClient>();

  const getClient = ({ region, roleArn }: NamedTarget): EKSClient => {
    const key = JSON.stringify([region, roleArn ?? '']);
    const client =
      clients.get(key) ??
      new EKSClient({
        ...awsRetries,
        region,
        ...(roleArn === undefined ? {} : { credentials: loadRoleCredentials(roleArn, region) }),
      });
    clients.set(key, client);
    return client;
  };

  return {
    async describe(target) {
      const command = new DescribeClusterCommand({ name: target.cluster });
      const { cluster } = await getClient(target).send(command, { abortSignal: AbortSignal.timeout(timeoutMs) });
      const { endpoint, certificateAuthority } = cluster ?? {};
      if (endpoint === undefined || certificateAuthority?.data === undefined) return undefined;
      return { endpoint, ca: Buffer.from(certificateAuthority.data, 'base64').toString() };
    },
    identity: (target) => getClient(target).config.credentials(),
  };
};

/** Loads the client of STS only for targets that have a role of their own. */
const loadRoleCredentials = (roleArn: string, region: string) => async () => {
  const { fromTemporaryCredentials } = await import('@aws-sdk/credential-providers');
  const params = { RoleArn: roleArn, RoleSessionName: 'drey' };
  return fromTemporaryCredentials({ params, clientConfig: { ...awsRetries, region } })();
};

/** Names of AWS errors that a retry cannot change. */
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

/** The fault that an error of AWS stands for, by the name of the error. */
export const toAwsFault = (
  error: unknown,
  { cluster, region, roleArn }: NamedTarget,
  action: 'eks:DescribeCluster' | 'sts:AssumeRole',
): Fault => {
  const name = error instanceof Error ? error.name : 'unknown error';
  const options = { reason: name, cause: error };
  if (name === 'ResourceNotFoundException')
    return new Fault('target-refused', `There is no EKS cluster ${cluster} in region ${region}.`, options);
  const withRole = roleArn === undefined ? '' : ` with role ${roleArn}`;
  const resource =
    action === 'sts:AssumeRole' ? (roleArn ?? 'a role') : `EKS cluster ${cluster} in region ${region}${withRole}`;
  if (refusals.has(name))
    return new Fault('target-refused', `AWS does not allow Drey to call ${action} on ${resource} (${name}).`, options);
  const call = `${action} for EKS cluster ${cluster} in region ${region}${withRole}`;
  return new Fault('target-unreachable', `The AWS call ${call} failed (${name}). Retry later.`, options);
};
