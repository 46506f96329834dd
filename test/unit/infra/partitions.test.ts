import { describe, expect, it } from 'vitest';

import { assertSupportedRegion } from '../../../infra/partitions.ts';

describe('the Region of a stage', () => {
  it.each(['eu-central-1', 'us-east-1', 'cn-north-1', 'cn-northwest-1', 'us-gov-west-1', 'eusc-de-east-1'])(
    'may be %s',
    (region) => {
      expect(() => assertSupportedRegion(region, {})).not.toThrow();
    },
  );

  it.each([
    ['us-iso-east-1', 'aws-iso'],
    ['us-isob-east-1', 'aws-iso-b'],
  ])('may not be %s, and the error names the partition', (region, partition) => {
    expect(() => assertSupportedRegion(region, {})).toThrow(`does not support the partition ${partition}.`);
  });

  it.each(['cn-north-1', 'cn-northwest-1'])('may not be %s with the setting rollout', (region) => {
    const rollout = { type: 'Canary10Percent5Minutes' } as const;

    expect(() => assertSupportedRegion(region, { rollout })).toThrow(
      `The setting rollout is not supported in Region ${region}`,
    );
    expect(() => assertSupportedRegion('eu-central-1', { rollout })).not.toThrow();
  });

  it.each(['cn-north-1', 'us-gov-west-1', 'eusc-de-east-1'])('may not be %s with the setting dashboard', (region) => {
    const dashboard = { clientId: 'page', scope: 'openid' };

    expect(() => assertSupportedRegion(region, { dashboard })).toThrow(
      `The setting dashboard is not supported in Region ${region}`,
    );
    expect(() => assertSupportedRegion('eu-central-1', { dashboard })).not.toThrow();
  });
});
