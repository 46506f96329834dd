import { describe, expect, it } from 'vitest';

import { commands } from '#events/commands/index.ts';
import { type AnyCommand, computeFingerprint } from '#shared/clusters/commands/fingerprint.ts';

const data = commands.deploy.data.parse({
  mode: 'session',
  config: { a: '1', b: '2' },
  lifetime: { ttl: '8h' },
  correlationId: 'order-1',
});
const command: AnyCommand = { kind: 'deploy', target: 'local', clusterId: 'etl', key: 'key', data, origin: 'http' };
const print = (changes: Partial<AnyCommand>) => computeFingerprint({ ...command, ...changes });

describe('the fingerprint of a command', () => {
  it('is the same in a version that does not have a member with a default yet', () => {
    const { priority: _priority, onFailure: _onFailure, ...older } = data;
    const { warnBefore: _warnBefore, ...lifetime } = data.lifetime ?? {};

    expect(print({ data: { ...older, lifetime } })).toBe(print({}));
  });

  it('is the same whatever the order of the members, and for another task token', () => {
    const reversed = Object.fromEntries(Object.entries({ ...data, taskToken: 'other' }).toReversed());

    expect(print({ data: { ...reversed, config: { b: '2', a: '1' } } })).toBe(print({}));
  });

  it.each([
    { data: { ...data, priority: 1 } },
    { data: { ...data, config: { a: '1' } } },
    { data: { ...data, lifetime: { ...data.lifetime, ttl: '9h' } } },
    { clusterId: 'other' },
    { kind: 'submit' as const },
  ])('differs for another command: %j', (changes) => {
    expect(print(changes)).not.toBe(print({}));
  });

  it.each([{ origin: 'schedule' as const }, { batchItem: { batchId: 'a', batchIndex: 0 } }])(
    "of Drey's own command does not depend on what this version reads of it: %j",
    (own) => {
      expect(print({ ...own, data: { ...data, priority: 1 } })).toBe(print(own));
    },
  );
});
