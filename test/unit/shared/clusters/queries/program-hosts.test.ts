import { describe, expect, it } from 'vitest';

import { commands } from '#events/commands/index.ts';
import { findAddressKind } from '#shared/clusters/model/policy/addresses.ts';
import { planDeploy } from '#shared/clusters/queries/deploy-plan.ts';
import { setPolicy, world } from '#test/unit/shared/clusters/fixture.ts';

/** Ways to write an address that is not public. Several are not those of RFC 5952, and some resolvers read them. */
const addresses: readonly (readonly [address: string, kind: string])[] = [
  ['10.0.0.1', 'a private address'],
  ['172.16.0.1', 'a private address'],
  ['172.31.255.255', 'a private address'],
  ['192.168.1.1', 'a private address'],
  ['100.64.0.1', 'a carrier-grade NAT address'],
  ['100.127.255.255', 'a carrier-grade NAT address'],
  ['127.0.0.1', 'a loopback address'],
  ['127.255.255.254', 'a loopback address'],
  ['169.254.169.254', 'a link-local address'],
  ['169.254.170.2', 'a link-local address'],
  ['0.0.0.0', 'an unspecified address'],
  ['198.18.0.1', 'an address of no single public host'],
  ['224.0.0.1', 'an address of no single public host'],
  ['255.255.255.255', 'an address of no single public host'],
  ['::', 'an unspecified address'],
  ['::1', 'a loopback address'],
  ['fe80::1', 'a link-local address'],
  ['fe80::1%eth0', 'a link-local address'],
  ['fd00:ec2::254', 'a link-local address'],
  ['fd12:3456::1', 'a unique local address'],
  ['fc00::1', 'a unique local address'],
  ['ff02::1', 'an address of no single public host'],
  ['::ffff:10.0.0.1', 'a private address'],
  ['::ffff:7f00:1', 'a loopback address'],
  ['0:0:0:0:0:ffff:a9fe:a9fe', 'a link-local address'],
  ['::ffff:0:10.0.0.1', 'a private address'],
  ['::10.0.0.1', 'a private address'],
  ['64:ff9b::a9fe:a9fe', 'a link-local address'],
  ['64:ff9b::10.0.0.1', 'a private address'],
  ['64:ff9b:1::a00:1', 'a private address'],
  ['2002:7f00:1::', 'a loopback address'],
  ['2002:a00:1::1', 'a private address'],
];

describe('an address', () => {
  it.each(addresses)('%s is %s', (address, kind) => {
    expect(findAddressKind(address)?.name).toMatch(new RegExp(`^${kind}`));
  });

  it.each(['8.8.8.8', '172.32.0.1', '100.128.0.1', '2606:4700::1', '64:ff9b::808:808', '2002:808:808::1', 'host', ''])(
    '%s is public, or none',
    (address) => {
      expect(findAddressKind(address)).toBeUndefined();
    },
  );
});

describe('the plan of a program', () => {
  const plan = async (jar: string, members: Readonly<Record<string, unknown>> = {}) => {
    const data = { mode: 'application', job: { jar }, ...members };
    return (await planDeploy('local', commands.deploy.data.parse(data), world.ports)).warnings;
  };
  const about = (host: string) => expect.stringContaining(`fetched from ${host}, which`) as string;

  it('warns of a host that resolves to a private address, with both', async () => {
    setPolicy({ jars: ['https://*.example.com/'] });
    world.resolver.hosts.set('jars.example.com', ['93.184.216.34', '10.0.0.7']);

    expect(await plan('https://jars.example.com/a.jar')).toEqual([
      'The program would be fetched from jars.example.com, which resolves to 10.0.0.7: a private address. Use another host, or have an operator name this host in policy.jars of the target.',
    ]);
  });

  it('has no warning about a public host, and about a name that Drey cannot resolve', async () => {
    setPolicy({ jars: ['https://*.example.com/'] });
    world.resolver.hosts.set('jars.example.com', ['93.184.216.34', '2606:2800:220::1']);

    expect(await plan('https://jars.example.com/a.jar')).toEqual([]);
    expect(await plan('https://other.example.com/a.jar')).toEqual([]);
  });

  it('accepts the private address of a host that the policy names, but no other special address', async () => {
    setPolicy({ jars: ['https://jars.example.com/', 'https://evil.example.com/'] });
    world.resolver.hosts.set('jars.example.com', ['10.0.0.7', 'fd12::1', '100.64.0.1']);
    world.resolver.hosts.set('evil.example.com', ['169.254.169.254']);

    expect(await plan('https://jars.example.com/a.jar')).toEqual([]);
    expect(await plan('https://evil.example.com/a.jar')).toEqual([about('evil.example.com')]);
  });

  it.each([
    ['https://127.0.0.1/a.jar', '127.0.0.1'],
    ['https://127.1/a.jar', '127.0.0.1'],
    ['https://2130706433/a.jar', '127.0.0.1'],
    ['https://0x7f000001/a.jar', '127.0.0.1'],
    ['https://0177.0.0.1/a.jar', '127.0.0.1'],
    ['https://0/a.jar', '0.0.0.0'],
    ['https://169.254.169.254:8443/latest/a.jar', '169.254.169.254'],
    ['https://[::1]/a.jar', '::1'],
    ['https://[::ffff:127.0.0.1]/a.jar', '::ffff:7f00:1'],
    ['https://[64:ff9b::a9fe:a9fe]/a.jar', '64:ff9b::a9fe:a9fe'],
    ['https://localhost/a.jar', 'localhost'],
    ['https://LOCALHOST./a.jar', 'localhost'],
    ['https://user:password@localhost/a.jar', 'localhost'],
    ['https://①②⑦.0.0.1/a.jar', '127.0.0.1'],
  ])('warns of %s', async (jar, host) => {
    setPolicy({ jars: ['*'] });

    expect(await plan(jar)).toContainEqual(about(host));
  });

  it.each<[string, Readonly<Record<string, unknown>>]>([
    ['a class path', { job: { jar: 'local:///a.jar', classpaths: ['https://localhost/b.jar'] } }],
    ['an artifact', { config: { 'user.artifacts.artifact-list': 'https://localhost/b.jar' } }],
    ['a SQL script', { job: { sql: { scriptUri: 'https://localhost/a.sql' } } }],
    ['a jar of a SQL script', { job: { sql: { script: "ADD JAR 'https://localhost/a.jar';" } } }],
  ])('warns of the host of %s', async (_what, members) => {
    setPolicy({ jars: ['*'] });

    expect(await plan('local:///a.jar', { image: 'flink:2.3', flinkVersion: '2.3', ...members })).toContainEqual(
      about('localhost'),
    );
  });
});
