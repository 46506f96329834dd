import { beforeAll, describe, expect, it } from 'vitest';

import type { Policy } from '#events/records/policy.ts';

import { type Row, withVolume } from '../support/policy-attacks/builders.ts';
import { jarAttacks } from '../support/policy-attacks/jars.ts';
import { optionAttacks } from '../support/policy-attacks/options.ts';
import { podAttacks } from '../support/policy-attacks/pod-rules.ts';
import { podSecurityAttacks } from '../support/policy-attacks/pod-security.ts';
import { secretAttacks } from '../support/policy-attacks/secrets.ts';
import { call, clusterPath, deploy, freshId, system } from '../support/system.ts';

/** The targets of this file, by their policies. Each has a namespace of its own, in which nothing is created. */
const targets = new Map<string, string>();

const getTarget = (policy: Partial<Policy>): string => targets.get(JSON.stringify(policy)) ?? '';

beforeAll(async () => {
  const attacks = [...podSecurityAttacks, ...podAttacks, ...jarAttacks, ...optionAttacks, ...secretAttacks];
  for (const [, , , policy = {}] of attacks) {
    const key = JSON.stringify(policy);
    if (targets.has(key)) continue;
    const name = freshId('policy');
    targets.set(key, name);
    const place = { cluster: system.eksCluster, region: system.region, namespace: name };
    const defaults = { 'kubernetes.service-account': 'flink' };
    // One after the other, because the table of the emulator is small.
    // oxlint-disable-next-line no-await-in-loop
    const { status, body } = await call('PUT', `/v1/targets/${name}`, { ...place, defaults, policy });
    if (status !== 200) throw new Error(`PUT ${name}: ${status} ${JSON.stringify(body)}`);
  }
});

describe.each([
  ['pods that could take over their node', podSecurityAttacks],
  ['images, accounts, Secrets and exposure of others', podAttacks],
  ['programs from other places', jarAttacks],
  ['locked and denied options', optionAttacks],
  ['secrets as text', secretAttacks],
])('%s', (_kind, attacks: readonly Row[]) => {
  it.each(attacks.map(([data, pointer, rule, policy = {}]) => [rule, data, { pointer, policy }] as const))(
    'a deploy is refused: %s: %j',
    async (rule, data, { pointer, policy }) => {
      const target = getTarget(policy);
      const clusterId = freshId('attack');

      const answer = await deploy({ ...withVolume(data), clusterId }, {}, target);

      expect(answer).toMatchObject({ status: 422, body: { code: 'refused-option' } });
      const { errors } = answer.body as unknown as { readonly errors: readonly object[] };
      expect(errors).toContainEqual({ pointer, detail: expect.stringContaining(rule) });
      expect((await call('GET', clusterPath(clusterId, target))).status).toBe(404);
    },
  );
});
