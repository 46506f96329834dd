import { partition } from '@aws-sdk/core/client';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { toBucketEndpoint, toDnsSuffix, toEndpoint } from '#shared/aws/transport/endpoints.ts';

beforeEach(() => {
  vi.stubEnv('AWS_ENDPOINT_URL', '');
});
afterEach(() => {
  vi.unstubAllEnvs();
});

describe('an endpoint', () => {
  it.each(['us-east-1', 'eu-central-1', 'ap-southeast-7', 'cn-north-1', 'us-gov-west-1', 'eusc-de-east-1'])(
    'in %s is in the domain that the AWS SDK knows',
    (region) => {
      expect(toDnsSuffix(region)).toBe(partition(region).dnsSuffix);
    },
  );

  it('is that of the variable of its service, or of all services', () => {
    vi.stubEnv('AWS_ENDPOINT_URL', 'http://127.0.0.1:4566');
    vi.stubEnv('AWS_ENDPOINT_URL_EKS', 'http://127.0.0.1:4567');

    expect(toEndpoint('eks', 'us-east-1').href).toBe('http://127.0.0.1:4567/');
    expect(toEndpoint('sts', 'us-east-1').href).toBe('http://127.0.0.1:4566/');
    expect(toBucketEndpoint('b', 'us-east-1').href).toBe('http://127.0.0.1:4566/b');
  });

  it.each([
    ['drey-uploads', 'https://drey-uploads.s3.eu-central-1.amazonaws.com/'],
    ['drey.uploads', 'https://s3.eu-central-1.amazonaws.com/drey.uploads'],
  ])('of the bucket %s has a host that its certificate covers', (bucket, url) => {
    expect(toBucketEndpoint(bucket, 'eu-central-1').href).toBe(url);
  });
});
