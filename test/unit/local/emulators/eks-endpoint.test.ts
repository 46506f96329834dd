import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { createEksEndpoint } from '#local/emulators/eks-endpoint.ts';
import { parseEksToken } from '#local/emulators/eks-token.ts';
import { eksCluster, region } from '#local/settings.ts';
import { signToken } from '#shared/kubernetes/access/token.ts';

const signedAt = new Date('2026-11-28T12:00:00Z');
const minutesLater = (minutes: number) => new Date(signedAt.getTime() + minutes * 60_000);
const identity = {
  accessKeyId: 'ASIAEXAMPLE',
  secretAccessKey: 'secret',
  sessionToken: 'session',
  expiration: minutesLater(60),
};
const session = 'arn:aws:sts::000000000000:assumed-role/drey-kubernetes/operation-1';
const role = 'arn:aws:iam::000000000000:role/drey-kubernetes';

let token: string;
beforeEach(async () => {
  token = await signToken({ region, cluster: eksCluster }, identity, signedAt);
});

describe('a token', () => {
  const change = (from: string | RegExp, to: string) => {
    const url = Buffer.from(token.slice('k8s-aws-v1.'.length), 'base64url').toString();
    return `k8s-aws-v1.${Buffer.from(url.replace(from, to)).toString('base64url')}`;
  };
  const isAccepted = (changed: string, now = signedAt) => parseEksToken(changed, { region, now }) !== undefined;

  it('is accepted for 15 minutes after it was signed', () => {
    expect(isAccepted(token)).toBe(true);
    expect(isAccepted(token, minutesLater(15))).toBe(true);
    expect(isAccepted(token, minutesLater(16))).toBe(false);
    expect(isAccepted(token, minutesLater(-16))).toBe(false);
  });

  it.each([
    ['another host', `sts.${region}.amazonaws.com`, '127.0.0.1'],
    ['another protocol', 'https:', 'http:'],
    ['another action', 'GetCallerIdentity', 'AssumeRole'],
    ['a second action', 'Action=', 'Action=AssumeRole&Action='],
    ['an unknown parameter', 'Action=', 'RoleArn=a&Action='],
    ['an unsigned cluster', 'x-k8s-aws-id', 'x-other'],
    ['no date', /X-Amz-Date=[^&]+/, 'X-Amz-Date='],
  ])('is refused with %s', (_what, from, to) => {
    const changed = change(from, to);

    expect(changed).not.toBe(token);
    expect(isAccepted(changed)).toBe(false);
  });

  it.each(['', 'k8s-aws-v1.', 'k8s-aws-v1.bm8gVVJM', 'bearer'])(
    'is refused if it is no signed request: %j',
    (other) => {
      expect(isAccepted(other)).toBe(false);
    },
  );
});

describe('the EKS endpoint', () => {
  let server: Server;
  let signer: string | undefined;
  beforeEach(async () => {
    signer = session;
    server = createEksEndpoint({
      cluster: { endpoint: 'https://127.0.0.1:6443', authority: 'PEM' },
      findSigner: async () => signer,
      readEntries: () => ({ [role]: ['drey'] }),
      now: () => signedAt,
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  });
  afterEach(() => server.close());

  const call = async (path: string, body?: unknown) => {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`;
    const response = await fetch(url, body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) });
    return { status: response.status, body: (await response.json()) as { readonly status?: unknown } };
  };
  // The API server adds a timeout to the address.
  const review = async (reviewed: string) =>
    (await call('/token-review?timeout=30s', { spec: { token: reviewed } })).body.status;

  it('answers the address of the API server for its cluster only', async () => {
    expect(await call(`/clusters/${eksCluster}`)).toMatchObject({
      status: 200,
      body: {
        cluster: {
          name: eksCluster,
          status: 'ACTIVE',
          endpoint: 'https://127.0.0.1:6443',
          certificateAuthority: { data: Buffer.from('PEM').toString('base64') },
        },
      },
    });
    expect(await call('/clusters/other')).toMatchObject({ status: 404, body: { __type: 'ResourceNotFoundException' } });
  });

  it('answers the session and the groups of a role with an access entry', async () => {
    expect(await review(token)).toEqual({
      authenticated: true,
      user: { username: session, groups: ['system:authenticated', 'drey'] },
    });
  });

  it.each([
    ['a role without an access entry', session.replace('drey-kubernetes', 'other')],
    ['a key that STS does not know', undefined],
    ['the root of the account', 'arn:aws:iam::000000000000:root'],
  ])('refuses %s', async (_who, arn) => {
    signer = arn;

    expect(await review(token)).toEqual({ authenticated: false });
  });

  it('refuses a token that EKS refuses, although STS knows its signer', async () => {
    expect(await review('k8s-aws-v1.bm8gVVJM')).toEqual({ authenticated: false });
  });
});
