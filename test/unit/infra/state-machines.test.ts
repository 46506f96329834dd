import { createRequire } from 'node:module';

import { describe, expect, it } from 'vitest';

import { problems } from '#events/problems/problem-table.ts';
import { cleanupSteps } from '#functions/cleanup.ts';
import { rolloutSteps } from '#functions/rollout.ts';
import { rescalingSteps } from '#functions/rescaling.ts';
import { snapshotSteps } from '#functions/snapshot.ts';
import { startupSteps } from '#functions/startup.ts';
import { submissionSteps } from '#functions/submission.ts';

import { stateMachines, workflowNames } from '../../../infra/state-machines/definitions.ts';
import type { StateMachine, TaskState } from '../../../infra/state-machines/states.ts';

const validate = createRequire(import.meta.url)('asl-validator') as (definition: unknown) => {
  isValid: boolean;
  errors: unknown[];
};

const steps = {
  startup: startupSteps,
  submission: submissionSteps,
  cleanup: cleanupSteps,
  snapshot: snapshotSteps,
  rollout: rolloutSteps,
  rescaling: rescalingSteps,
};

type Name = keyof typeof stateMachines;
const machine = (name: Name): StateMachine => stateMachines[name];
const tasksOf = (name: Name) =>
  Object.entries(machine(name).States).filter((entry): entry is [string, TaskState] => entry[1].Type === 'Task');

/** The step that keeps logs is not repeated, because an end waits for it. */
const retriedTasksOf = (name: Name) => tasksOf(name).filter(([state]) => state !== 'KeepLogs');

const codesWhere = (isRetryable: boolean) =>
  Object.entries(problems)
    .filter(([, { retryable }]) => retryable === isRetryable)
    .map(([code]) => code);
const final = codesWhere(false);
const retryable = codesWhere(true);
/** Lambda throttles as long as all concurrent executions are in use. */
const throttled = 'Lambda.TooManyRequestsException';

/** The retrier of errors without a code. */
const standard = {
  ErrorEquals: ['States.ALL'],
  IntervalSeconds: 1,
  MaxAttempts: 6,
  BackoffRate: 2,
  MaxDelaySeconds: 30,
  JitterStrategy: 'FULL',
};

describe.each(workflowNames)('the %s machine', (name) => {
  it('is valid', () => {
    const text = JSON.stringify(machine(name))
      .replaceAll('${FunctionArn}', 'arn:aws:lambda:us-east-1:000000000000:function:f')
      .replaceAll('${LambdaInvoke}', 'arn:aws:states:::lambda:invoke');

    expect(validate(JSON.parse(text))).toMatchObject({ isValid: true, errors: [] });
  });

  it.each(retriedTasksOf(name))('does not retry %s after a final problem', (_state, { Retry }) => {
    const notRetried = Retry.find(({ MaxAttempts }) => MaxAttempts === 0);

    expect(notRetried?.ErrorEquals).toEqual(final);
    for (const { ErrorEquals } of Retry.filter(({ MaxAttempts }) => MaxAttempts > 0))
      expect(ErrorEquals.filter((code) => final.includes(code))).toEqual([]);
  });

  it.each(retriedTasksOf(name))(
    'retries %s after any other error, with full jitter and an end',
    (_state, { Retry }) => {
      const retried = Retry.filter(({ MaxAttempts }) => MaxAttempts > 0);

      expect(Retry.at(-1)).toEqual(standard);
      for (const lasting of ['limit-reached', throttled])
        expect(retried.find(({ ErrorEquals }) => ErrorEquals.includes(lasting))?.MaxAttempts).toBeGreaterThan(5);
      for (const { ErrorEquals, JitterStrategy, MaxDelaySeconds } of retried.slice(0, -1)) {
        expect([...retryable, throttled]).toEqual(expect.arrayContaining([...ErrorEquals]));
        expect(JitterStrategy).toBe('FULL');
        expect(MaxDelaySeconds).toBeLessThanOrEqual(30);
      }
    },
  );

  it('takes each step that its function has, and no other', () => {
    const taken = tasksOf(name).map(([, { Parameters }]) => Parameters.Payload.step);

    expect(taken.toSorted()).toEqual(Object.keys(steps[name]).toSorted());
  });

  it('records a verdict after every error but that of recording it', () => {
    const uncaught = tasksOf(name).filter(([, { Catch = [] }]) => Catch.at(-1)?.ErrorEquals[0] !== 'States.ALL');

    expect(uncaught.map(([state]) => state).filter((state) => !/^(Record|StartCleanup)/.test(state))).toEqual([]);
  });
});

it('an end goes on after 10 s at most, whatever becomes of its logs', () => {
  expect(stateMachines.cleanup.States['KeepLogs']).toMatchObject({
    TimeoutSeconds: 10,
    Retry: [{ ErrorEquals: ['States.ALL'], MaxAttempts: 0 }],
    Catch: [{ ErrorEquals: ['States.ALL'], Next: 'RemoveObjects' }],
    Next: 'RemoveObjects',
  });
});

describe('a retryable problem', () => {
  const patientlyRetried = tasksOf('startup').flatMap(([, { Retry }]) => Retry[0]?.ErrorEquals ?? []);

  it.each(retryable.filter((code) => code !== 'conflict' && code !== 'internal'))(
    '%s is retried for as long as an outage lasts',
    (code) => {
      expect(patientlyRetried).toContain(code);
    },
  );

  it('not-ready of a submission leads back to the upload', () => {
    const { Retry, Catch } = stateMachines.submission.States['RunJar'] as TaskState;

    expect(Retry[0]?.ErrorEquals).not.toContain('not-ready');
    expect(Catch?.[0]).toEqual({ ErrorEquals: ['not-ready'], ResultPath: '$.error', Next: 'WaitForJobManager' });
  });
});
