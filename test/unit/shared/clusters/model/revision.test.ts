import { describe, expect, it } from 'vitest';

import { commands } from '#events/commands/index.ts';
import { computeDigest, toSpec } from '#shared/clusters/model/revision.ts';

const local = 'local:///a.jar';
const application = { mode: 'application', job: { jar: local } };
const parse = (data: object) => commands.deploy.data.parse(data);
const digestOf = (data: object) => computeDigest(toSpec(parse(data), 'etl'));

describe('the spec of a revision', () => {
  it('has the data of the deploy with its cluster ID, without what belongs to the one command', () => {
    const given = { ...application, labels: { team: 'etl' }, lifetime: { ttl: '8h' }, onFailure: 'keep' };
    const command = {
      priority: 3,
      deadline: '2026-12-01T00:00:00Z',
      dependsOn: ['key'],
      correlationId: 'order-1',
      taskToken: 'token',
    };

    expect(toSpec(parse({ ...given, ...command }), 'etl')).toEqual({
      ...given,
      clusterId: 'etl',
      config: {},
      job: { jar: local, args: [] },
      lifetime: expect.objectContaining({ ttl: '8h' }),
    });
  });
});

describe('the digest of a spec', () => {
  it.each<[string, object]>([
    ['members of the one command', { taskToken: 'token', correlationId: 'a', priority: 1, dependsOn: ['key'] }],
    ['another deadline', { deadline: '2026-12-01T00:00:00Z' }],
    ['defaults that are written out', { config: {}, labels: {}, onFailure: 'remove', priority: 0 }],
    ['a cluster ID', { clusterId: 'other' }],
    ['a program that is restored', { job: { jar: local, args: [], restore: { path: 's3://bucket/savepoint-1' } } }],
  ])('is the same with %s', (_what, members) => {
    expect(digestOf({ ...application, ...members })).toBe(digestOf(application));
  });

  it('is the same for jobs of a session that are restored, and for another order of members', () => {
    const session = { mode: 'session', config: { a: '1', b: '2' } };

    expect(digestOf({ ...session, restore: { fromCluster: 'etl' } })).toBe(digestOf(session));
    expect(digestOf({ config: { b: '2', a: '1' }, mode: 'session' })).toBe(digestOf(session));
  });

  it.each<[string, object]>([
    ['image', { image: 'flink:2.3' }],
    ['option', { config: { 'taskmanager.numberOfTaskSlots': '2' } }],
    ['argument', { job: { jar: local, args: ['--n', '1'] } }],
    ['jar', { job: { jar: 'local:///b.jar' } }],
    ['label', { labels: { team: 'etl' } }],
    ['lifetime', { lifetime: { ttl: '8h' } }],
  ])('is another one with another %s', (_what, members) => {
    expect(digestOf({ ...application, ...members })).not.toBe(digestOf(application));
  });

  it('is SHA-256 in hexadecimal digits, which every version of Drey computes in the same way', () => {
    expect(digestOf(application)).toMatch(/^[0-9a-f]{64}$/);
    expect(digestOf({ mode: 'session' })).toBe('352f93e8af333c8b45094f8adac42f5eee1533a8397651bc5150dc2739ded5aa');
  });
});
