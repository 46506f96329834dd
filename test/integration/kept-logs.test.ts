import { beforeAll, vi } from 'vitest';

import { openKeptLogs } from '#shared/aws/kept-logs.ts';
import { keptLogsContract } from '#test/contracts/kept-logs.ts';

import { aws, system } from '../support/system.ts';

beforeAll(() => {
  vi.stubEnv('AWS_ENDPOINT_URL', aws.endpoint);
  vi.stubEnv('AWS_REGION', aws.region);
  vi.stubEnv('AWS_ACCESS_KEY_ID', aws.credentials.accessKeyId);
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', aws.credentials.secretAccessKey);
});

keptLogsContract('The bucket of the AWS emulator', () => openKeptLogs(system.outputs['BucketName'] ?? ''));
