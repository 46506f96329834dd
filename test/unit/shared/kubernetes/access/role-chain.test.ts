import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import type { NamedTarget } from '#events/records/target.ts';
import { eksAccess } from '#shared/kubernetes/access/credentials.ts';
import { target } from '#test/unit/shared/kubernetes/target.ts';

import { functionKey, functionPrincipal, secretMessage, startAwsServer } from './aws-server.ts';

const kubernetesRoleArn = 'arn:aws:iam::000000000000:role/drey-kubernetes-prod-us-east-1';
const remoteRoleArn = 'arn:aws:iam::111122223333:role/drey-remote';
const openRoleArn = 'arn:aws:iam::111122223333:role/drey-open';
const remote: NamedTarget = { ...target, roleArn: remoteRoleArn, externalId: 'team-7' };
const functionName = 'drey-prod-deploy';
const principal = 'arn:aws:iam::123456789012:user/ada';
const sessionOf = (name: string) => `${name}.${'arn-aws-iam--123456789012-user-ada'.slice(-(63 - name.length))}`;
const [operation, otherOperation] = ['0'.repeat(32), '1'.repeat(32)];
const [session, otherSession, functionSession] = [operation, otherOperation, functionName].map(sessionOf);

const roles = {
  [kubernetesRoleArn]: { principal: functionPrincipal },
  [remoteRoleArn]: { principal: kubernetesRoleArn, externalId: 'team-7' },
  [openRoleArn]: { principal: kubernetesRoleArn },
};

let aws: Awaited<ReturnType<typeof startAwsServer>>;
beforeEach(async () => {
  aws = await startAwsServer(roles);
  vi.stubEnv('AWS_ENDPOINT_URL', aws.url);
  vi.stubEnv('AWS_REGION', 'us-east-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', functionKey);
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret');
});
afterEach(() => {
  vi.unstubAllEnvs();
  aws.close();
});

const makeAccess = () => eksAccess({ kubernetesRoleArn, functionName });
const open = (at: NamedTarget, operationId?: string, accessOf = makeAccess()) =>
  accessOf({ operationId, principal }).open(at, AbortSignal.timeout(10_000));
/** Each request as `who action what`. */
const listCalls = () =>
  aws.seen.map(({ action, principal, parameters: { RoleArn, RoleSessionName } }) =>
    action === 'AssumeRole' ? `${principal} -> ${RoleArn}/${RoleSessionName}` : `${principal} ${action}`,
  );
const failureOf = (promise: Promise<unknown>): Promise<Error> =>
  promise.then(
    () => {
      throw new Error('the access was allowed');
    },
    (error: Error) => error,
  );

describe('the roles to a target', () => {
  it('are the Kubernetes role alone without a remote role, in a session of the operation', async () => {
    const connection = await open(target, operation);

    expect(listCalls()).toEqual([
      `${functionPrincipal} -> ${kubernetesRoleArn}/${session}`,
      `${kubernetesRoleArn}/${session} DescribeCluster`,
    ]);
    expect('token' in connection && aws.signerOf(connection.token)).toBe(`${kubernetesRoleArn}/${session}`);
  });

  it('are the Kubernetes role and then the remote role, in a session of the operation', async () => {
    const connection = await open(remote, operation);

    expect(listCalls()).toEqual([
      `${functionPrincipal} -> ${kubernetesRoleArn}/${functionName}`,
      `${kubernetesRoleArn}/${functionName} -> ${remoteRoleArn}/${session}`,
      `${remoteRoleArn}/${session} DescribeCluster`,
    ]);
    expect('token' in connection && aws.signerOf(connection.token)).toBe(`${remoteRoleArn}/${session}`);
  });

  it('are one when the target names the Kubernetes role itself', async () => {
    await open({ ...target, roleArn: kubernetesRoleArn }, operation);

    expect(listCalls()[0]).toBe(`${functionPrincipal} -> ${kubernetesRoleArn}/${session}`);
    expect(listCalls()).toHaveLength(2);
  });

  it('have a session of the function without an operation', async () => {
    await open(remote);

    expect(listCalls().at(-1)).toBe(`${remoteRoleArn}/${functionSession} DescribeCluster`);
  });

  it('send an external ID to the remote role only, and no duration, because AWS caps a chain at one hour', async () => {
    await open(remote, operation);

    const [first, second] = aws.seen.map(({ parameters }) => parameters);
    expect([first, second]).toEqual([
      expect.not.objectContaining({ ExternalId: expect.anything() as unknown }),
      expect.objectContaining({ ExternalId: 'team-7' }),
    ]);
    for (const parameters of [first, second]) expect(parameters).not.toHaveProperty('DurationSeconds');
  });

  it('ask STS in the Region of the function, and EKS in the Region of the target', async () => {
    await open(remote, operation);

    expect(aws.seen.map(({ action, signingRegion }) => [action, signingRegion])).toEqual([
      ['AssumeRole', 'us-east-1'],
      ['AssumeRole', 'us-east-1'],
      ['DescribeCluster', 'eu-central-1'],
    ]);
  });
});

describe('the number of requests', () => {
  it('is one AssumeRole for each operation, after one of the function', async () => {
    const accessOf = makeAccess();

    for (const id of [operation, otherOperation, operation, operation, undefined, undefined])
      await Promise.all([open(remote, id, accessOf), open(remote, id, accessOf)]);

    expect(listCalls()).toEqual([
      `${functionPrincipal} -> ${kubernetesRoleArn}/${functionName}`,
      `${kubernetesRoleArn}/${functionName} -> ${remoteRoleArn}/${session}`,
      `${remoteRoleArn}/${session} DescribeCluster`,
      `${kubernetesRoleArn}/${functionName} -> ${remoteRoleArn}/${otherSession}`,
      `${kubernetesRoleArn}/${functionName} -> ${remoteRoleArn}/${functionSession}`,
    ]);
  });

  it('is one AssumeRole for the targets of an account that share a role', async () => {
    const accessOf = makeAccess();

    await open(target, undefined, accessOf);
    await open({ ...target, cluster: 'other' }, undefined, accessOf);

    expect(listCalls().filter((call) => call.includes('->'))).toHaveLength(1);
  });
});

describe('a refused role', () => {
  it.each([
    ['a wrong externalId', { ...remote, externalId: 'team-8' }, 'with the externalId of the target as sts:ExternalId'],
    [
      'no externalId',
      { ...target, roleArn: remoteRoleArn },
      'without a condition on sts:ExternalId, because the target sets no externalId',
    ],
    [
      'a role that does not exist',
      { ...remote, roleArn: 'arn:aws:iam::111122223333:role/drey-none' },
      'The role must exist',
    ],
  ])('is reported for a target with %s: the role, the setting and the trust policy', async (_, at, remedy) => {
    const failure = await failureOf(open(at, operation));

    expect(failure).toMatchObject({ code: 'target-refused', reason: 'AccessDenied' });
    for (const part of [`role ${at.roleArn} of target etl`, `sts:AssumeRole to ${kubernetesRoleArn}`, remedy])
      expect(failure.message).toContain(part);
    expect(failure.message).not.toContain(secretMessage);
    expect(failure.message).not.toContain('team-');
  });

  it('is reported when it is the Kubernetes role', async () => {
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIASTRANGER');

    const failure = await failureOf(open(remote, operation));

    expect(failure).toMatchObject({
      code: 'target-refused',
      message: `AWS does not allow this function to call sts:AssumeRole on the Kubernetes role ${kubernetesRoleArn} (AccessDenied). Its trust policy was changed outside of the stack. Compare it with the template, and restore it.`,
    });
  });

  it('is asked for again by the next access', async () => {
    const accessOf = makeAccess();
    await failureOf(open({ ...remote, externalId: 'team-8' }, operation, accessOf));

    await expect(open(remote, operation, accessOf)).resolves.toMatchObject({ ca: 'PEM' });
  });
});
