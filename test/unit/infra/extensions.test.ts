import { describe, expect, it } from 'vitest';

import { extensionsOf } from '../../../infra/extensions.ts';
import { functions, functionsOf } from '../../../infra/functions.ts';
import { StageSettings } from '../../../infra/stage-settings.ts';

const extensions = extensionsOf();

describe('the API', () => {
  const { Properties, DependsOn } = extensions['HttpApiStage']!;

  it('limits the routes that anybody may call, below the limit of the others', () => {
    const limits = Properties['RouteSettings'] as Readonly<Record<string, { readonly ThrottlingRateLimit: number }>>;

    expect(Object.keys(limits)).toEqual(['GET /openapi.json', 'GET /health']);
    expect(Properties['DefaultRouteSettings']).toMatchObject({ ThrottlingRateLimit: 100, ThrottlingBurstLimit: 200 });
    for (const limit of Object.values(limits))
      expect(limit).toMatchObject({ ThrottlingRateLimit: 10, ThrottlingBurstLimit: 20 });
  });

  it('gets the limits after the routes exist', () => {
    expect(DependsOn).toEqual(['HttpApiRouteGetOpenapijson', 'HttpApiRouteGetHealth']);
  });
});

describe('an invocation by a schedule', () => {
  it.each([
    ['dispatchReconcile', 'DispatchReconcile', 60, 0],
    ['maintenance', 'Maintenance', 1_800, 2],
  ] as const)(
    'of %s is retried by EventBridge Scheduler and by Lambda for a limited time',
    (name, resource, age, retries) => {
      expect(extensions[`${resource}SchedulerSchedule1`]?.Properties).toEqual({
        Target: {
          Arn: { 'Fn::GetAtt': [`${resource}LambdaFunction`, 'Arn'] },
          RoleArn: { 'Fn::GetAtt': [`${resource}Role`, 'Arn'] },
          RetryPolicy: { MaximumEventAgeInSeconds: age, MaximumRetryAttempts: retries },
        },
      });
      expect(functions[name]).toMatchObject({ maximumEventAge: age, maximumRetryAttempts: retries });
    },
  );
});

it('the setting startupConcurrency bounds how many executions wait for starting clusters', () => {
  const { startup, cleanup } = functionsOf({ startupConcurrency: 50 });

  expect(startup).toMatchObject({ reservedConcurrency: 50 });
  expect(cleanup).not.toHaveProperty('reservedConcurrency');
});

describe('the setting reservedConcurrency', () => {
  it('reserves executions for the command queue only', () => {
    const reserved = Object.entries(functionsOf({ reservedConcurrency: 50 })).filter(
      ([, entry]) => 'reservedConcurrency' in entry,
    );

    expect(reserved).toMatchObject([['commandQueue', { reservedConcurrency: 50 }]]);
    expect(JSON.stringify(functionsOf({}))).not.toContain('reservedConcurrency');
  });

  it('is at least what SQS starts at once, because a throttled delivery counts as an attempt', () => {
    expect(StageSettings.safeParse({ reservedConcurrency: 19 }).success).toBe(false);
    expect(StageSettings.safeParse({ reservedConcurrency: 20 }).success).toBe(true);
  });
});
