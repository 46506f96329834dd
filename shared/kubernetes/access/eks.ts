import type { Credentials } from '@aws-sdk/client-sts';

import type { NamedTarget } from '#events/records/target.ts';
import { callRestJson } from '#shared/aws/services/rest-json.ts';
import { callSts } from '#shared/aws/services/sts.ts';
import type { Call } from '#shared/aws/transport/operations.ts';

import type { Identity } from './token.ts';

/** A session of a role. CloudTrail and the audit log of EKS name it. */
export interface RoleSession {
  readonly roleArn: string;
  /** `[\w+=,.@-]{2,64}` */
  readonly sessionName: string;
  readonly externalId?: string | undefined;
}

/** The requests to AWS for a target. They may throw what a `Call` throws. */
export interface Aws {
  /** Assumes a role with the given credentials, or else with those of the function. */
  assumeRole(session: RoleSession, assumedBy?: Identity): Promise<Identity>;
  /** The ARN that credentials belong to. */
  getCallerArn(identity: Identity): Promise<string>;
  /** Endpoint and certificate authority (PEM) of the EKS cluster; undefined while the cluster is being created. */
  describe(
    target: NamedTarget,
    identity: Identity,
  ): Promise<{ readonly endpoint: string; readonly ca: string } | undefined>;
}

const timeoutMs = 8_000;

interface Calls {
  readonly sts: Call<'sts:AssumeRole' | 'sts:GetCallerIdentity'>;
  readonly eks: Call<'eks:DescribeCluster'>;
}

/** STS is that of the function's own Region, because a function in a VPC reaches it by an endpoint there. */
export const openAws = ({ sts, eks }: Calls = { sts: callSts, eks: callRestJson }): Aws => ({
  async assumeRole({ roleArn, sessionName, externalId }, credentials) {
    const signal = AbortSignal.timeout(timeoutMs);
    // Without DurationSeconds a session lasts one hour, the maximum where one role assumes another.
    const session = { RoleArn: roleArn, RoleSessionName: sessionName, ExternalId: externalId };
    const { Credentials } = await sts('sts:AssumeRole', session, { credentials, signal });
    return toIdentity(Credentials);
  },
  async getCallerArn(credentials) {
    const signal = AbortSignal.timeout(timeoutMs);
    const { Arn } = await sts('sts:GetCallerIdentity', {}, { credentials, signal });
    if (Arn === undefined) throw new Error('sts:GetCallerIdentity returned no ARN');
    return Arn;
  },
  async describe({ cluster: name, region }, credentials) {
    const signal = AbortSignal.timeout(timeoutMs);
    const { cluster } = await eks('eks:DescribeCluster', { name }, { region, credentials, signal });
    const { endpoint, certificateAuthority } = cluster ?? {};
    if (endpoint === undefined || certificateAuthority?.data === undefined) return undefined;
    return { endpoint, ca: Buffer.from(certificateAuthority.data, 'base64').toString() };
  },
});

/** @throws Error when the answer of STS has no complete credentials. */
const toIdentity = (credentials: Credentials | undefined): Identity => {
  const { AccessKeyId = '', SecretAccessKey = '', SessionToken = '', Expiration } = credentials ?? {};
  if (AccessKeyId === '' || Expiration === undefined) throw new Error('sts:AssumeRole returned no credentials');
  return {
    accessKeyId: AccessKeyId,
    secretAccessKey: SecretAccessKey,
    sessionToken: SessionToken,
    expiration: Expiration,
  };
};
