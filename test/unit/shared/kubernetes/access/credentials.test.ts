import { afterEach, describe, expect, it, vi } from 'vitest';

import { eksAccess } from '#shared/kubernetes/access/credentials.ts';
import type { Aws } from '#shared/kubernetes/access/eks.ts';
import { type Identity, signToken } from '#shared/kubernetes/access/token.ts';
import { target } from '#test/unit/shared/kubernetes/target.ts';

const identity: Identity = { accessKeyId: 'ASIAEXAMPLE', secretAccessKey: 'secret', sessionToken: 'a+b/c==' };
const noon = new Date('2026-11-23T12:00:00Z');
const minute = 60_000;

const decoded = (token: string) => new URL(Buffer.from(token.replace('k8s-aws-v1.', ''), 'base64url').toString());
const named = (name: string) => Object.assign(new Error('with a secret in it'), { name });

/** A fake AWS with a clock, and the number of its requests. */
const setUp = (changes: Partial<Aws> = {}) => {
  const clock = { now: noon };
  const aws = {
    describe: vi.fn<Aws['describe']>(
      changes.describe ?? (async () => ({ endpoint: 'https://abc.eks.amazonaws.com', ca: 'PEM' })),
    ),
    identity: vi.fn<Aws['identity']>(changes.identity ?? (async () => identity)),
  };
  const access = eksAccess({ aws, now: () => clock.now });
  const open = () => access.open(target, new AbortController().signal);
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
    expect(aws.identity).toHaveBeenCalledTimes(1);
  });

  it('renews an expired token once for concurrent callers', async () => {
    const { aws, open, pass } = setUp();
    await open();
    pass(14 * minute);

    await Promise.all([open(), open(), open()]);

    expect(aws.identity).toHaveBeenCalledTimes(2);
  });

  it('separates targets with different roles', async () => {
    const { aws, access, open } = setUp();
    await open();

    await access.open({ ...target, roleArn: 'arn:aws:iam::123456789012:role/other' }, new AbortController().signal);

    expect(aws.identity).toHaveBeenCalledTimes(2);
  });

  it('caches a token for less than 14 minutes, and an address for 10', async () => {
    const { aws, open, pass } = setUp();
    await open();
    pass(9.9 * minute);
    await open();
    const early = [aws.describe.mock.calls.length, aws.identity.mock.calls.length];
    pass(1 * minute);
    await open();
    const late = [aws.describe.mock.calls.length, aws.identity.mock.calls.length];
    pass(3 * minute);
    await open();

    expect([early, late, [aws.describe.mock.calls.length, aws.identity.mock.calls.length]]).toEqual([
      [1, 1],
      [2, 1],
      [2, 2],
    ]);
  });

  it('does not use a token after its credentials have expired', async () => {
    const { aws, open, pass } = setUp({
      identity: async () => ({ ...identity, expiration: new Date(noon.getTime() + 5 * minute) }),
    });
    await open();

    pass(4.5 * minute);
    await open();

    expect(aws.identity).toHaveBeenCalledTimes(2);
  });

  it('creates another token after one was rejected', async () => {
    const { open, access, pass } = setUp();
    const first = await open();
    pass(1_000);

    access.forget(target, 'token');

    expect(await open()).not.toEqual(first);
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
    ['ResourceNotFoundException', 'target-refused', 'There is no EKS cluster analytics in region eu-central-1.'],
    [
      'AccessDeniedException',
      'target-refused',
      'AWS does not allow Drey to call eks:DescribeCluster on EKS cluster analytics',
    ],
    ['ThrottlingException', 'target-unreachable', 'eks:DescribeCluster for EKS cluster analytics'],
    ['TimeoutError', 'target-unreachable', 'eks:DescribeCluster for EKS cluster analytics'],
  ])('translates %s of EKS without its message', async (name, code, message) => {
    const { open } = setUp({ describe: () => Promise.reject(named(name)) });

    const failure: unknown = await open().catch((error: unknown) => error);

    expect(failure).toMatchObject({ code, message: expect.stringContaining(message) as string });
    expect((failure as Error).message).not.toContain('secret');
  });

  it('reports that a role cannot be assumed', async () => {
    const { open } = setUp({ identity: () => Promise.reject(named('AccessDenied')) });

    await expect(open()).rejects.toMatchObject({
      code: 'target-refused',
      message: expect.stringContaining('sts:AssumeRole') as string,
    });
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
