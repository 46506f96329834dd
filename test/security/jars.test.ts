import { beforeAll, describe, expect, it } from 'vitest';

import type { Plan } from '#events/http/plans.ts';
import type { Upload } from '#events/http/uploads.ts';

import {
  call,
  clusterPath,
  deploy,
  freshId,
  startCluster,
  stop,
  system,
  unschedulable,
  untilState,
} from '../support/system.ts';

/** A target that allows two hosts and one bucket, one that allows all places, and one of another team. */
const [limited, open, other] = ['limited', 'open', 'other'].map((name) => freshId(name));
const jars = ['https://jars.example.com/releases/', 'https://*.artifacts.example/', 's3://etl-jars/releases/'];

beforeAll(async () => {
  for (const [name, policy] of [
    [limited, { jars }],
    [open, { jars: ['*'] }],
    [other, {}],
  ] as const) {
    const place = { cluster: system.eksCluster, region: system.region, namespace: name };
    const { status, body } = await call('PUT', `/v1/targets/${name}`, { ...place, policy });
    if (status !== 200) throw new Error(`PUT ${name}: ${status} ${JSON.stringify(body)}`);
  }
});

const application = (jar: string, config: object = {}) => ({ mode: 'application', job: { jar }, config });
const rawHttp = { 'user.artifacts.raw-http-enabled': 'true' };

describe('jars from other hosts and files', () => {
  it.each<[jar: string, config?: object]>([
    // addresses in all spellings
    ['https://127.0.0.1/releases/a.jar'],
    ['https://127.1/releases/a.jar'],
    ['https://2130706433/releases/a.jar'],
    ['https://0x7f000001/releases/a.jar'],
    ['https://0177.0.0.1/releases/a.jar'],
    ['https://169.254.169.254/latest/meta-data/'],
    ['https://2852039166/latest/meta-data/'],
    ['https://[::1]/releases/a.jar'],
    ['https://[::ffff:169.254.169.254]/latest/'],
    ['https://[fd00:ec2::254]/latest/'],
    ['https://localhost/releases/a.jar'],
    // names that look like an allowed one
    ['https://jars.example.com./releases/a.jar'],
    ['https://jars.example.com.evil.example/releases/a.jar'],
    ['https://jars.example.com@evil.example/releases/a.jar'],
    ['https://user:jars.example.com@evil.example/releases/a.jar'],
    ['https://evil.example#@jars.example.com/releases/a.jar'],
    ['https://evil.example\\@jars.example.com/releases/a.jar'],
    ['https://jаrs.example.com/releases/a.jar'], // a Cyrillic а
    ['https://xn--jrs-5cd.example.com/releases/a.jar'],
    ['https://jars。example。com/releases/a.jar'],
    ['https://evil.example/.artifacts.example/a.jar'],
    ['https://artifacts.example/a.jar'],
    ['https://evil.example:443@x.artifacts.example:8443/a.jar'],
    // ports, schemes and paths
    ['https://jars.example.com:444/releases/a.jar'],
    ['https://jars.example.com:22/releases/a.jar'],
    ['http://jars.example.com/releases/a.jar', rawHttp],
    ['https://jars.example.com/private/a.jar'],
    ['https://jars.example.com/releases/../private/a.jar'],
    ['https://jars.example.com/releases/%2e%2e/private/a.jar'],
    ['https://jars.example.com/releases/..%2fprivate/a.jar'],
    ['file:///etc/passwd'],
    ['file://evil.example/a.jar'],
    ['ftp://jars.example.com/releases/a.jar'],
    ['jar:https://evil.example/a.jar!/'],
    // buckets
    ['s3://etl-jars/private/a.jar'],
    ['s3://etl-jars/releases/../private/a.jar'],
    ['s3://etl-jars.evil/releases/a.jar'],
    ['s3a://ETL-JARS/releases/a.jar'],
    ['s3p://user@etl-jars/releases/a.jar'],
    ['s3://etl-jars:80/releases/a.jar'],
    ['s3n://evil/releases/a.jar'],
  ])('a deploy of %s is refused', async (jar, config) => {
    const clusterId = freshId('jar');

    const answer = await deploy({ ...application(jar, config), clusterId }, {}, limited);

    expect(answer).toMatchObject({ status: 422, body: { code: 'refused-option' } });
    expect(JSON.stringify(answer.body)).toContain('/job/jar');
    expect((await call('GET', clusterPath(clusterId, limited))).status).toBe(404);
  });

  it.each<[what: string, config: object]>([
    ['headers that a redirect would keep', { 'user.artifacts.http-headers': 'Authorization:Bearer x' }],
    ['one header', { 'user.artifacts.http-headers.Authorization': 'Bearer x' }],
    ['a proxy', { 's3.proxyHost': 'evil.example', 'fs.s3a.proxy.host': 'evil.example' }],
    ['another server', { 's3.endpoint': 'https://evil.example' }],
    ['another file system', { 'fs.default-scheme': 's3://evil/' }],
  ])('a deploy of an allowed jar with %s is refused', async (_what, config) => {
    const clusterId = freshId('jar');
    const body = { ...application('s3://etl-jars/releases/a.jar', config), clusterId };

    expect(await deploy(body, {}, limited)).toMatchObject({ status: 422, body: { code: 'refused-option' } });
  });

  it('jars of all hosts and buckets that are allowed are accepted, so that the refusals have another cause', async () => {
    for (const jar of [
      'https://jars.example.com/releases/a.jar',
      'https://x.artifacts.example/a.jar',
      's3a://etl-jars/releases/a.jar',
      'local:///opt/flink/usrlib/etl.jar',
    ])
      expect((await call('POST', `/v1/targets/${limited}/plans`, application(jar))).status).toBe(200);
  });
});

describe('uploads of another team', () => {
  /** The head of a zip file, which is all that Drey checks of a jar. */
  const content = 'PK\u0003\u0004';
  const upload = async (target: string) => {
    const request = { name: 'a.jar', bytes: content.length };
    const { body } = await call<Upload>('POST', `/v1/targets/${target}/uploads`, request);
    const { status } = await fetch(body.url, { method: 'PUT', headers: body.headers, body: content });
    if (status !== 200) throw new Error(`PUT ${body.jar}: ${status}`);
    return body.jar;
  };
  /** Submits a jar to a session that does not start. */
  const submit = async (jar: string) => {
    const clusterId = freshId('session');
    await startCluster({ mode: 'session', clusterId, config: unschedulable });
    const answer = await call('POST', `${clusterPath(clusterId)}/jobs`, { jar });
    await stop(clusterId);
    await untilState(clusterId, 'STOPPED');
    return answer;
  };

  it('a submit of an upload of its own target is accepted, so that the refusals below have another cause', async () => {
    expect((await submit(await upload(system.target))).status).toBe(202);
  });

  it('a deploy of an upload of another target is refused', async () => {
    const clusterId = freshId('upload');
    const answer = await deploy({ ...application(await upload(other!)), clusterId }, {}, limited);

    expect(answer).toMatchObject({ status: 422, body: { code: 'refused-option' } });
  });

  it.each<[string, (jar: string) => string]>([
    ['of another target', (jar) => jar],
    ['by a path through the own target', (jar) => jar.replace(`/${other}/`, `/${system.target}/../${other}/`)],
    ['by an encoded path', (jar) => jar.replace(`/${other}/`, `/${system.target}/%2e%2e/${other}/`)],
    [
      'in another bucket',
      (jar) => jar.replace(/^s3:\/\/[^/]+/, 's3://evil').replace(`/${other}/`, `/${system.target}/`),
    ],
    ['of the specs of a target', (jar) => jar.replace(/uploads\/.*/, `specs/${system.target}/office.json`)],
    ['at a host', () => 'https://jars.example.com/releases/a.jar'],
  ])('a submit of an upload %s is refused', async (_what, change) => {
    const answer = await submit(change(await upload(other!)));

    expect([400, 404, 422]).toContain(answer.status);
    expect(JSON.stringify(answer.body)).toContain('/jar');
  });

  it.each<[string, (url: URL) => void]>([
    ['to another target', (url) => (url.pathname = url.pathname.replace(`/${other}/`, `/${system.target}/`))],
    ['to another name', (url) => (url.pathname = url.pathname.replace('a.jar', 'b.jar'))],
    ['to the specs', (url) => (url.pathname = url.pathname.replace(/uploads\/.*/, `specs/${other}/office.json`))],
    ['for a longer time', (url) => url.searchParams.set('X-Amz-Expires', '604800')],
    [
      'with the key of another caller',
      (url) => url.searchParams.set('X-Amz-Credential', 'AKIAEXAMPLE/20261129/x/s3/aws4_request'),
    ],
  ])('a presigned URL that is changed %s uploads nothing', async (_what, change) => {
    const { body } = await call<Upload>('POST', `/v1/targets/${other}/uploads`, { name: 'a.jar', bytes: 1 });
    const url = new URL(body.url);
    change(url);

    expect((await fetch(url, { method: 'PUT', body: 'x', headers: body.headers })).status).toBe(403);
  });

  it.each(['../../a.jar', 'a/../../b.jar', '/etc/passwd', 'a\u0000.jar', '..'])(
    'an upload with the name %j does not leave the folder of its target',
    async (name) => {
      const { status, body } = await call<{ jar?: string }>('POST', `/v1/targets/${other}/uploads`, { name, bytes: 1 });

      const place = new RegExp(`^s3://[^/]+/uploads/${other}/[^/]+/[^/]+$`);

      expect(status === 400 || place.test(body.jar ?? '')).toBe(true);
    },
  );
});

describe('names of hosts that lead to internal addresses', () => {
  it.each([
    ['https://localhost/a.jar', 'loopback'],
    ['https://LOCALHOST./a.jar', 'loopback'],
    ['https://127.0.0.1/a.jar', 'loopback'],
    ['https://0x7f.1/a.jar', 'loopback'],
    ['https://2852039166/latest', 'link-local'],
    ['https://169.254.169.254/latest', 'link-local'],
    ['https://[::ffff:169.254.169.254]/latest', 'link-local'],
    ['https://[64:ff9b::a9fe:a9fe]/latest', 'link-local'],
    ['https://[fd00:ec2::254]/latest', 'link-local'],
    ['https://10.0.0.1/a.jar', 'private'],
    ['https://192.168.0.1/a.jar', 'private'],
    ['https://100.64.0.1/a.jar', 'carrier-grade NAT'],
    ['https://[fd12::1]/a.jar', 'unique local'],
    ['https://[2002:a00:1::]/a.jar', 'private'],
    ['https://0/a.jar', 'unspecified'],
  ])('the plan of %s warns of the address', async (jar, kind) => {
    const { status, body } = await call<Plan>('POST', `/v1/targets/${open}/plans`, application(jar));

    expect(status).toBe(200);
    expect(body.warnings.join('\n')).toContain(kind);
  });
});
