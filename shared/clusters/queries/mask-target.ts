import type { NamedTarget, Target } from '#events/records/target.ts';
import { mask, maskText } from '#events/secrets.ts';
import { hasSecret } from '#shared/clusters/model/policy/plain-secrets.ts';

type Config = Target['defaults'];

const maskConfig = (config: Config): Config =>
  Object.fromEntries(
    Object.entries(config).map(([key, value]) => [key, hasSecret(key, value) ? mask : maskText(value)]),
  );

/** A target as callers see it: without the secrets that its policy allows. */
export const maskTarget = (target: NamedTarget): NamedTarget => ({
  ...target,
  defaults: maskConfig(target.defaults),
  policy: { ...target.policy, locked: maskConfig(target.policy.locked) },
});
