import { setImmediate } from 'node:timers/promises';

import { afterEach, describe, expect, it, vi } from 'vitest';

import { eksAccess, toSessionName } from '#shared/kubernetes/access/credentials.ts';
import type { Aws } from '#shared/kubernetes/access/eks.ts';
import { type Identity, signToken } from '#shared/kubernetes/access/token.ts';
import { target } from '#test/unit/shared/kubernetes/target.ts';

const noon = new Date('2026-11-23T12:00:00Z');
const minute = 60_000;
const identity: Identity = {
  accessKeyId: 'ASIAEXAMPLE',
  secretAccessKey: 'secret',
  sessionToken: 'a+b/c==',
  expiration: new Date(noon.getTime() + 60 * minute),
};
const principal = 'drey:reconcile';
const kubernetesRoleArn = 'arn:aws:iam::000000000000:role/drey-kubernetes-prod-us-east-1';

const decoded = (token: string) => new URL(Buffer.from(token.replace('k8s-aws-v1.', ''), 'base64url').toString());
const named = (name: string) => Object.assign(new Error('with a secret in it'), { name });

/** A fake AWS with a clock, and the number of its requests. Credentials last an hour. */
const setUp = (changes: Partial<Aws> = {}) => {
  const clock = { now: noon };
  const assumeRole = async () => ({ ...identity, expiration: new Date(clock.now.getTime() + 60 * minute) });
  const aws = {
    describe: vi.fn<Aws['describe']>(
      changes.describe ?? (async () => ({ endpoint: 'https://abc.eks.amazonaws.com', ca: 'PEM' })),
    ),
    assumeRole: vi.fn<Aws['assumeRole']>(changes.assumeRole ?? assumeRole),
    getCallerArn: vi.fn<Aws['getCallerArn']>(
      changes.getCallerArn ?? (async () => 'arn:aws:sts::000000000000:assumed-role/drey/session'),
    ),
  };
  const accessOf = eksAccess({ kubernetesRoleArn, functionName: 'drey-prod-reconcile', aws, now: () => clock.now });
  const access = accessOf({ principal });
  const open = (operationId?: string) =>
    accessOf({ operationId, principal }).open(target, new AbortController().signal);
  const pass = (ms: number) => {
    clock.now = new Date(clock.now.getTime() + ms);
  };
  return { aws, access, open, pass };
};

describe('signToken', () => {
  afterEach(() => vi.unstubAllEnvs());

  it('signs a request to the regional STS, for one cluster only', async () => {
    const token = await signToken(target, identity, noon);

    const url = decoded(token);
    expect(token).toMatch(/^k8s-aws-v1\.[\w-]+$/);
    expect(url.origin + url.pathname).toBe('https://sts.eu-central-1.amazonaws.com/');
    expect(Object.fromEntries(url.searchParams)).toEqual({
      Action: 'GetCallerIdentity',
      Version: '2011-06-15',
      'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
      'X-Amz-Credential': 'ASIAEXAMPLE/20261123/eu-central-1/sts/aws4_request',
      'X-Amz-Date': '20261123T120000Z',
      'X-Amz-Expires': '60',
      'X-Amz-Security-Token': 'a+b/c==',
      'X-Amz-SignedHeaders': 'host;x-k8s-aws-id',
      'X-Amz-Signature': expect.stringMatching(/^[0-9a-f]{64}$/) as string,
    });
  });

  it('differs for another cluster', async () => {
    const one = await signToken(target, identity, noon);
    const other = await signToken({ ...target, cluster: 'other' }, identity, noon);

    expect(decoded(one).searchParams.get('X-Amz-Signature')).not.toBe(
      decoded(other).searchParams.get('X-Amz-Signature'),
    );
  });

  it('keeps the host of STS when AWS is emulated', async () => {
    vi.stubEnv('AWS_ENDPOINT_URL', 'http://127.0.0.1:4566');

    expect(decoded(await signToken(target, identity, noon)).host).toBe('sts.eu-central-1.amazonaws.com');
  });

  it.each([
    ['cn-north-1', 'sts.cn-north-1.amazonaws.com.cn'],
    ['us-gov-west-1', 'sts.us-gov-west-1.amazonaws.com'],
    ['eusc-de-east-1', 'sts.eusc-de-east-1.amazonaws.eu'],
  ])('uses the domain of the partition of %s', async (region, host) => {
    const token = await signToken({ ...target, region }, identity, noon);

    expect(decoded(token).host).toBe(host);
  });
});

describe('eksAccess', () => {
  it('sends one request for concurrent callers', async () => {
    const { aws, open } = setUp();

    const all = await Promise.all([open(), open(), open()]);

    expect(new Set(all.map((connection) => JSON.stringify(connection))).size).toBe(1);
    expect(all[0]).toMatchObject({ server: new URL('https://abc.eks.amazonaws.com'), ca: 'PEM' });
    expect(aws.describe).toHaveBeenCalledTimes(1);
    expect(aws.assumeRole).toHaveBeenCalledTimes(1);
  });

  it('signs an expired token again without another session, once for concurrent callers', async () => {
    const { aws, open, pass } = setUp();
    const first = await open();
    pass(14 * minute);

    const later = await Promise.all([open(), open(), open()]);

    expect(new Set(later.map((connection) => JSON.stringify(connection))).size).toBe(1);
    expect(later[0]).not.toEqual(first);
    expect(aws.assumeRole).toHaveBeenCalledTimes(1);
  });

  it('separates targets with different roles and different external IDs', async () => {
    const { aws, access, open } = setUp();
    const { signal } = new AbortController();
    await open();

    for (const externalId of ['team-7', 'team-8'])
      await access.open({ ...target, roleArn: 'arn:aws:iam::123456789012:role/drey-other', externalId }, signal);

    expect(aws.assumeRole.mock.calls.map(([{ roleArn, externalId }]) => [roleArn.split('/')[1], externalId])).toEqual([
      ['drey-kubernetes-prod-us-east-1', undefined],
      ['drey-kubernetes-prod-us-east-1', undefined], // The sessions of a function share this one.
      ['drey-other', 'team-7'],
      ['drey-other', 'team-8'],
    ]);
  });

  it('separates operations, which share the address of the cluster', async () => {
    const { aws, open } = setUp();

    await Promise.all([open('a'.repeat(32)), open('b'.repeat(32)), open('a'.repeat(32)), open(), open()]);

    expect(aws.assumeRole.mock.calls.map(([{ sessionName }]) => sessionName).toSorted()).toEqual([
      `${'a'.repeat(32)}.drey-reconcile`,
      `${'b'.repeat(32)}.drey-reconcile`,
      'drey-prod-reconcile.drey-reconcile',
    ]);
    expect(aws.describe).toHaveBeenCalledTimes(1);
  });

  it('caches a token for 13 minutes, an address for 10, and a session until a minute before its end, and renews what expires soon', async () => {
    const { aws, open, pass } = setUp();
    const tokens: unknown[] = [];
    for (const minutes of [0, 9.9, 1, 3, 45, 0.2]) {
      pass(minutes * minute);
      const connection = await open();
      tokens.push('token' in connection && connection.token);
      await setImmediate(); // The renewals in the background end.
    }

    const isNew = tokens.map((token, index) => token !== tokens[index - 1]);
    // After 9.9, 10.9, 13.9, 58.9 and 59.1 minutes.
    expect(isNew.slice(1)).toEqual([false, false, true, true, true]);
    expect(aws.describe).toHaveBeenCalledTimes(3);
    expect(aws.assumeRole).toHaveBeenCalledTimes(2);
  });

  it('does not use a token after its credentials have expired', async () => {
    const { aws, open, pass } = setUp({
      assumeRole: async () => ({ ...identity, expiration: new Date(noon.getTime() + 5 * minute) }),
    });
    await open();

    pass(4.5 * minute);
    await open();

    expect(aws.assumeRole).toHaveBeenCalledTimes(2);
  });

  it('creates another token after one was rejected', async () => {
    const { open, access, pass } = setUp();
    const first = await open();
    pass(1_000);

    access.forget(target, 'token');

    expect(await open()).not.toEqual(first);
  });

  it('gets a new session after a token was rejected, at most once a minute', async () => {
    const { aws, open, access, pass } = setUp();
    await open();
    access.forget(target, 'token');
    await open();
    const atOnce = aws.assumeRole.mock.calls.length;

    pass(1 * minute);
    access.forget(target, 'token');
    await open();

    expect([atOnce, aws.assumeRole.mock.calls.length]).toEqual([1, 2]);
  });

  it('looks up an address again that failed, at most once in a while', async () => {
    const { aws, open, access, pass } = setUp();
    await open();
    access.forget(target, 'address');
    await open();
    const atOnce = aws.describe.mock.calls.length;

    pass(11_000);
    access.forget(target, 'address');
    await open();

    expect([atOnce, aws.describe.mock.calls.length]).toEqual([1, 2]);
  });

  it('does not cache a failure', async () => {
    const { aws, open } = setUp();
    aws.describe.mockRejectedValueOnce(named('TimeoutError'));

    await expect(open()).rejects.toMatchObject({ code: 'target-unreachable' });

    await expect(open()).resolves.toMatchObject({ ca: 'PEM' });
  });

  it.each([
    [
      'ResourceNotFoundException',
      'target-refused',
      'There is no EKS cluster analytics in Region eu-central-1 of account 000000000000.',
    ],
    [
      'AccessDeniedException',
      'target-refused',
      `AWS does not allow role ${kubernetesRoleArn} to call eks:DescribeCluster on EKS cluster analytics`,
    ],
    ['ThrottlingException', 'target-unreachable', 'eks:DescribeCluster on EKS cluster analytics'],
    ['TimeoutError', 'target-unreachable', 'eks:DescribeCluster on EKS cluster analytics'],
  ])('translates %s of EKS without its message', async (name, code, message) => {
    const { open } = setUp({ describe: () => Promise.reject(named(name)) });

    const failure: unknown = await open().catch((error: unknown) => error);

    expect(failure).toMatchObject({ code, message: expect.stringContaining(message) as string });
    expect((failure as Error).message).not.toContain('secret');
  });

  it.each([
    ['TimeoutError', 'target-unreachable', 'Retry later'],
    ['ThrottlingException', 'target-unreachable', 'Retry later'],
    ['ValidationError', 'target-refused', 'outside of the stack'],
  ])('translates %s of STS without its message', async (name, code, message) => {
    const { open } = setUp({ assumeRole: () => Promise.reject(named(name)) });

    const failure: unknown = await open().catch((error: unknown) => error);

    expect(failure).toMatchObject({ code, reason: name, message: expect.stringContaining(message) as string });
    expect((failure as Error).message).not.toContain('secret');
  });

  it('names the session as STS does, with the credentials of the last role', async () => {
    const { aws, access } = setUp();

    expect(await access.identify(target)).toBe('arn:aws:sts::000000000000:assumed-role/drey/session');
    expect(aws.getCallerArn.mock.calls).toMatchObject([[{ accessKeyId: identity.accessKeyId }]]);
  });

  it.each([
    ['ExpiredToken', 'target-refused'],
    ['TimeoutError', 'target-unreachable'],
  ])('translates %s of STS about the session without its message', async (name, code) => {
    const { access } = setUp({ getCallerArn: () => Promise.reject(named(name)) });

    const failure: unknown = await access.identify(target).catch((error: unknown) => error);

    expect(failure).toMatchObject({ code, message: expect.stringContaining('sts:GetCallerIdentity') as string });
    expect((failure as Error).message).not.toContain('secret');
  });

  it('reports that a cluster is being created', async () => {
    const { open } = setUp({ describe: async () => undefined });

    await expect(open()).rejects.toMatchObject({ code: 'target-unreachable' });
  });

  it('stops waiting when its signal aborts', async () => {
    const { access } = setUp({ describe: () => new Promise(() => {}) });

    await expect(access.open(target, AbortSignal.timeout(5))).rejects.toMatchObject({ code: 'deadline-exceeded' });
  });
});

describe('the name of a session', () => {
  it.each([
    ['an operation ID', 'a'.repeat(32), 'a'.repeat(32)],
    ['a function', 'drey-prod-reconcile', 'drey-prod-reconcile'],
    ['characters that AWS refuses', 'lifetime/etl ä:1', 'lifetime-etl---1'],
    ['the characters of AWS', 'A_z+=,.@-9', 'A_z+=,.@-9'],
    ['more than 64 characters', 'x'.repeat(65), 'x'.repeat(64)],
    ['one character', 'x', 'x-'],
    ['no character', '', '--'],
  ])('is in the grammar of AWS: %s', (_, name, expected) => {
    expect(toSessionName(name)).toBe(expected);
    expect(toSessionName(name)).toMatch(/^[\w+=,.@-]{2,64}$/);
  });

  it.each([
    [
      'a'.repeat(32),
      'arn:aws:sts::123456789012:assumed-role/etl/ada',
      `${'a'.repeat(32)}.3456789012-assumed-role-etl-ada`,
    ],
    [
      'drey-prod-plan',
      'jwt:https://issuer.example#ada@example.com',
      'drey-prod-plan.jwt-https---issuer.example-ada@example.com',
    ],
    ['a'.repeat(32), 'sqs:AIDA1\u202E\n/x', `${'a'.repeat(32)}.sqs-AIDA1---x`],
    ['f'.repeat(63), 'drey:reconcile', 'f'.repeat(63)],
  ])('is %j for the principal %j', (name, cause, expected) => {
    expect(toSessionName(name, cause)).toBe(expected);
    expect(toSessionName(name, cause)).toMatch(/^[\w+=,.@-]{2,64}$/);
  });
});
