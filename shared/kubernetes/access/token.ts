import { HttpRequest } from '@smithy/protocol-http';
import { SignatureV4 } from '@smithy/signature-v4';

import type { NamedTarget } from '#events/records/target.ts';
import { toDnsSuffix } from '#shared/aws/transport/endpoints.ts';
import { Sha256 } from '#shared/aws/transport/sha256.ts';

/** The credentials of a role that was assumed. They sign a token. */
export interface Identity {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  readonly expiration: Date;
}

/**
 * A bearer token as `aws eks get-token` makes it: a presigned STS request, which EKS sends to learn the caller's role.
 *
 * @see https://github.com/kubernetes-sigs/aws-iam-authenticator#api-authorization-from-outside-a-cluster
 */
export const signToken = async (
  { region, cluster }: Pick<NamedTarget, 'region' | 'cluster'>,
  identity: Identity,
  signingDate: Date,
): Promise<string> => {
  // EKS accepts this host only, whatever AWS_ENDPOINT_URL says.
  const hostname = `sts.${region}.${toDnsSuffix(region)}`;
  const { accessKeyId, secretAccessKey, sessionToken } = identity;
  const signer = new SignatureV4({
    service: 'sts',
    region,
    credentials: { accessKeyId, secretAccessKey, sessionToken },
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
