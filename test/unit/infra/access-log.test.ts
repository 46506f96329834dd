import { readFileSync } from 'node:fs';

import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

import { accessLog } from '../../../infra/access-log.ts';

const { provider } = parse(readFileSync(new URL('../../../serverless.yml', import.meta.url), 'utf8'), {
  logLevel: 'error',
}) as { provider: Readonly<Record<string, unknown>> };

describe('the access log of the API', () => {
  it('is on in every stage, with the retention of the logs of functions', () => {
    expect(provider).toMatchObject({
      logs: { httpApi: { format: '${file(infra/template.cjs):accessLogFormat}' } },
      logRetentionInDays: 30,
    });
  });

  it('says who called which route, from where, and how it ended', () => {
    expect(Object.values(accessLog)).toEqual(
      expect.arrayContaining([
        '$context.requestId',
        '$context.routeKey',
        '$context.status',
        '$context.responseLatency',
        '$context.identity.userArn',
        '$context.authorizer.claims.sub',
        '$context.identity.sourceIp',
        '$context.integration.error',
      ]),
    );
  });

  it('has no text that a caller chooses', () => {
    const chosen = ['$context.path', '$context.identity.userAgent', '$context.domainName'];

    expect(Object.values<string>(accessLog).filter((variable) => chosen.includes(variable))).toEqual([]);
  });
});
