import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

import { describe, expect, it } from 'vitest';

import { problems } from '#events/problem-table.ts';
import { cleanupSteps } from '#functions/cleanup.ts';
import { snapshotSteps } from '#functions/snapshot.ts';
import { startupSteps } from '#functions/startup.ts';
import { submissionSteps } from '#functions/submission.ts';

const validate = createRequire(import.meta.url)('asl-validator') as (definition: unknown) => {
  isValid: boolean;
  errors: unknown[];
};

interface Definition {
  readonly States: Readonly<Record<string, State>>;
}
interface State {
  readonly Type: string;
  readonly Retry?: readonly {
    readonly ErrorEquals: readonly string[];
    readonly MaxAttempts: number;
    readonly IntervalSeconds?: number;
    readonly MaxDelaySeconds?: number;
    readonly JitterStrategy?: string;
  }[];
  readonly Parameters?: { readonly Payload: { readonly step: string } };
}

const names = ['startup', 'submission', 'cleanup', 'snapshot'] as const;
const definitionOf = (name: string) =>
  JSON.parse(
    readFileSync(new URL(`../../../infra/state-machines/${name}.asl.json`, import.meta.url), 'utf8').replaceAll(
      '${FunctionArn}',
      'arn:aws:lambda:us-east-1:000000000000:function:f',
    ),
  ) as Definition;
const tasksOf = (name: string) => Object.entries(definitionOf(name).States).filter(([, { Type }]) => Type === 'Task');
const final = Object.entries(problems)
  .filter(([, { retryable }]) => !retryable)
  .map(([code]) => code);

const retryable = Object.entries(problems)
  .filter((entry) => entry[1].retryable)
  .map(([code]) => code);
/** Also of what has no name: a function that was killed, or throttled. */
const afterAllElse = {
  ErrorEquals: ['States.ALL'],
  IntervalSeconds: 1,
  MaxAttempts: 6,
  BackoffRate: 2,
  MaxDelaySeconds: 30,
  JitterStrategy: 'FULL',
};

const steps = { startup: startupSteps, submission: submissionSteps, cleanup: cleanupSteps, snapshot: snapshotSteps };
const byName = (one = '', other = '') => one.localeCompare(other);

describe.each(names)('the %s machine', (name) => {
  it('is valid', () => {
    expect(validate(definitionOf(name))).toMatchObject({ isValid: true, errors: [] });
  });

  it.each(tasksOf(name))('does not repeat %s after a final problem', (_state, { Retry = [] }) => {
    const never = Retry.find(({ MaxAttempts }) => MaxAttempts === 0);

    expect(never?.ErrorEquals).toEqual(final);
  });

  it.each(tasksOf(name))('repeats %s after all else, with full jitter and an end', (_state, { Retry = [] }) => {
    const repeated = Retry.filter(({ MaxAttempts }) => MaxAttempts > 0);

    expect(repeated.at(-1)).toEqual(afterAllElse);
    expect(repeated.find(({ ErrorEquals }) => ErrorEquals.includes('limit-reached'))?.MaxAttempts).toBeGreaterThan(5);
    for (const { ErrorEquals, JitterStrategy, MaxDelaySeconds } of repeated.slice(0, -1)) {
      expect(retryable).toEqual(expect.arrayContaining([...ErrorEquals]));
      expect(JitterStrategy).toBe('FULL');
      expect(MaxDelaySeconds).toBeLessThanOrEqual(30);
    }
  });

  it('names the steps of its function', () => {
    expect(
      tasksOf(name)
        .map(([, { Parameters }]) => Parameters?.Payload.step)
        .toSorted(byName),
    ).toEqual(Object.keys(steps[name]).toSorted(byName));
  });
});
