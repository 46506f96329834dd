import { CreateAccessEntryCommand, CreateClusterCommand, EKSClient } from '@aws-sdk/client-eks';
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createNamespace, deleteNamespace } from '../support/namespaces.ts';
import { aws, call, deploy, freshId, kubectl, listObjects, stop, system, untilState } from '../support/system.ts';

const session = { mode: 'session' };
const clusterRef = { cluster: system.eksCluster, region: system.region };
const kubernetesRoleArn = system.outputs['KubernetesRoleArn'] ?? '';
const externalId = 'team-7';

/** The emulator knows the account of a request by its access key. */
const otherAccount = { ...aws, credentials: { accessKeyId: '111122223333', secretAccessKey: 'test' } };

const policy = (statement: object) =>
  JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', ...statement }] });

/** Creates a role that trusts the Kubernetes role alone, and with the external ID alone. */
const createRemoteRole = async (account: typeof aws): Promise<string> => {
  const iam = new IAMClient(account);
  const RoleName = freshId('drey-remote');
  const trustPolicy = {
    Principal: { AWS: kubernetesRoleArn },
    Action: 'sts:AssumeRole',
    Condition: { StringEquals: { 'sts:ExternalId': externalId } },
  };
  const { Role } = await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: policy(trustPolicy) }));
  const PolicyDocument = policy({ Action: 'eks:DescribeCluster', Resource: '*' });
  await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: 'eks', PolicyDocument }));
  return Role?.Arn ?? '';
};

const names: string[] = [];
/** Each target has a namespace of its name, which only some of them need. */
const put = async (target: object) => {
  const name = freshId('remote');
  const answer = await call('PUT', `/v1/targets/${name}`, { namespace: name, ...target });
  names.push(name);
  return { name, answer };
};
afterAll(async () => {
  for (const name of names) {
    await call('DELETE', `/v1/targets/${name}`);
    await deleteNamespace(name).catch(() => 'not created');
  }
});

describe('a target with a role that trusts only the Kubernetes role', () => {
  let roleArn: string;
  beforeAll(async () => {
    roleArn = await createRemoteRole(aws);
    const entry = { clusterName: system.eksCluster, principalArn: roleArn, kubernetesGroups: ['drey'] };
    await new EKSClient(aws).send(new CreateAccessEntryCommand(entry));
  });

  it('deploys with its external ID, and stops', async () => {
    const { name, answer } = await put({ ...clusterRef, roleArn, externalId });
    await createNamespace(name);
    const clusterId = freshId('remote');

    const deployed = await deploy({ ...session, clusterId }, {}, name);

    expect(answer).toMatchObject({ status: 200, body: { roleArn, externalId } });
    expect(deployed).toMatchObject({ status: 202, body: { cluster: { state: 'DEPLOYING' } } });
    expect(await listObjects(clusterId, name)).not.toEqual([]);
    await stop(clusterId, {}, name);
    await untilState(clusterId, 'STOPPED', name);
    expect(await listObjects(clusterId, name)).toEqual([]);
  });

  it('is known to the API server by the operation and its principal', async () => {
    const { name } = await put({ ...clusterRef, roleArn, externalId });
    await kubectl('create', 'namespace', name);

    const { status, body } = await deploy({ ...session, clusterId: freshId('remote') }, {}, name);

    const { detail, operationId } = body as unknown as { detail: string; operationId: string };
    expect(status).toBe(502);
    expect(detail).toContain(`:assumed-role/${roleArn.split('/')[1]}/${operationId}.arn-aws-iam--000000000000-root"`);
  });

  it.each([
    ['a wrong external ID', { externalId: 'team-8' }, 'with the externalId of the target as sts:ExternalId'],
    ['no external ID', {}, 'because the target sets no externalId'],
  ])('is refused with %s, and the problem says what the trust policy needs', async (_, fields, remedy) => {
    const { name } = await put({ ...clusterRef, roleArn, ...fields });
    const clusterId = freshId('remote');

    const answer = await deploy({ ...session, clusterId }, {}, name);

    expect(answer).toMatchObject({
      status: 502,
      body: { code: 'target-refused', reason: 'AccessDenied', retryable: false },
    });
    const { detail } = answer.body as unknown as { detail: string };
    for (const part of [`role ${roleArn} of target ${name}`, `sts:AssumeRole to ${kubernetesRoleArn}`, remedy])
      expect(detail).toContain(part);
    expect(await listObjects(clusterId, name)).toEqual([]);
  });
});

describe('a target in another account', () => {
  let roleArn: string;
  const cluster = freshId('eks');
  beforeAll(async () => {
    roleArn = await createRemoteRole(otherAccount);
    // The endpoint of this EKS cluster is a port at which nothing listens.
    const eks = { name: cluster, roleArn, resourcesVpcConfig: {} };
    await new EKSClient(otherAccount).send(new CreateClusterCommand(eks));
  });

  it('is found there by its role', async () => {
    const { name, answer } = await put({ ...clusterRef, cluster, roleArn, externalId });

    const deployed = await deploy({ ...session, clusterId: freshId('remote') }, {}, name);

    expect(answer.status).toBe(200);
    expect(deployed).toMatchObject({
      status: 503,
      body: { code: 'target-unreachable', detail: expect.stringMatching(new RegExp(`${cluster} at 127\\.0\\.0\\.1`)) },
    });
  });

  it('is not created for an EKS cluster that the other account does not have', async () => {
    const { answer } = await put({ ...clusterRef, roleArn, externalId });

    expect(answer).toMatchObject({
      status: 400,
      body: { errors: [{ pointer: '/cluster', detail: expect.stringContaining('of account 111122223333') as string }] },
    });
  });

  it('is refused with a wrong external ID', async () => {
    const { name } = await put({ ...clusterRef, cluster, roleArn, externalId: 'team-8' });

    const answer = await deploy({ ...session, clusterId: freshId('remote') }, {}, name);

    expect(answer).toMatchObject({ status: 502, body: { code: 'target-refused', reason: 'AccessDenied' } });
  });
});
