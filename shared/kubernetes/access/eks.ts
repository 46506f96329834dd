import { DescribeClusterCommand, EKSClient } from '@aws-sdk/client-eks';
import type { Credentials, STSClient } from '@aws-sdk/client-sts';

import type { NamedTarget } from '#events/records/target.ts';
import { awsRetries } from '#shared/retries.ts';

import type { Identity } from './token.ts';

/** A session of a role. CloudTrail and the audit log of EKS name it. */
export interface RoleSession {
  readonly roleArn: string;
  /** `[\w+=,.@-]{2,64}` */
  readonly sessionName: string;
  readonly externalId?: string | undefined;
}

/** The requests to AWS for a target. They may throw what the AWS SDK throws. */
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

/** STS is that of the function's own Region, because a function in a VPC reaches it by an endpoint there. */
export const openAws = (): Aws => {
  let ownSts: STSClient | undefined;

  /** A client with the given credentials, or else with those of the function. */
  const openSts = async (credentials?: Identity): Promise<STSClient> => {
    // Loaded here, because most functions never assume a role.
    const { STSClient } = await import('@aws-sdk/client-sts');
    ownSts ??= new STSClient(awsRetries);
    const { region, requestHandler } = ownSts.config; // All clients share the connections of one.
    return credentials === undefined ? ownSts : new STSClient({ ...awsRetries, region, requestHandler, credentials });
  };

  return {
    async assumeRole({ roleArn, sessionName, externalId }, assumedBy) {
      const { AssumeRoleCommand } = await import('@aws-sdk/client-sts');
      const sts = await openSts(assumedBy);
      // Without DurationSeconds a session lasts one hour, the maximum where one role assumes another.
      const command = new AssumeRoleCommand({ RoleArn: roleArn, RoleSessionName: sessionName, ExternalId: externalId });
      const { Credentials } = await sts.send(command, { abortSignal: AbortSignal.timeout(timeoutMs) });
      return toIdentity(Credentials);
    },
    async getCallerArn(identity) {
      const { GetCallerIdentityCommand } = await import('@aws-sdk/client-sts');
      const sts = await openSts(identity);
      const abortSignal = AbortSignal.timeout(timeoutMs);
      const { Arn } = await sts.send(new GetCallerIdentityCommand({}), { abortSignal });
      if (Arn === undefined) throw new Error('sts:GetCallerIdentity returned no ARN');
      return Arn;
    },
    async describe({ cluster: name, region }, credentials) {
      const client = new EKSClient({ ...awsRetries, region, credentials });
      try {
        const command = new DescribeClusterCommand({ name });
        const { cluster } = await client.send(command, { abortSignal: AbortSignal.timeout(timeoutMs) });
        const { endpoint, certificateAuthority } = cluster ?? {};
        if (endpoint === undefined || certificateAuthority?.data === undefined) return undefined;
        return { endpoint, ca: Buffer.from(certificateAuthority.data, 'base64').toString() };
      } finally {
        client.destroy();
      }
    },
  };
};

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
