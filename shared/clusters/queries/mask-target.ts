import type { FieldError } from '#events/problems/problem.ts';
import type { NamedTarget, Target } from '#events/records/target.ts';
import { isMasked, mask, maskText } from '#events/secrets.ts';
import { hasSecret } from '#shared/clusters/model/policy/plain-secrets.ts';
import { listTargetOptions } from '#shared/clusters/model/policy/target-options.ts';

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

/** The masks in a target, which would replace the values that they hide. */
export const findMaskErrors = (target: Target): readonly FieldError[] =>
  listTargetOptions(target)
    .filter(({ value }) => isMasked(value))
    .map(({ pointer }) => ({
      pointer,
      detail: 'has a mask that Drey shows in place of a secret. Write the value itself.',
    }));
