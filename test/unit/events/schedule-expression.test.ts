import { describe, expect, it } from 'vitest';

import { findExpressionError } from '#events/schedule-expression.ts';

describe('an expression of EventBridge Scheduler', () => {
  it.each([
    'rate(1 minute)',
    'rate(1 hour)',
    'rate(1 day)',
    'rate(5 minutes)',
    'rate(99999 days)',
    'cron(0 20 ? * MON-FRI *)',
    'cron(0 20 * * ? *)',
    'cron(0/15 8-17 ? * 2-6 2026-2030)',
    'cron(0,30 0 1,15 JAN,jul ? *)',
    'cron(0 8 L * ? *)',
    'cron(0 8 LW * ? *)',
    'cron(0 8 15W * ? *)',
    'cron(0 8 ? * 2#1 *)',
    'cron(0 8 ? * FRIL *)',
    'cron(0 22 ? * FRI-MON *)',
    'cron(*/10 * ? * * *)',
  ])('is valid: %s', (expression) => {
    expect(findExpressionError(expression)).toBeUndefined();
  });

  it.each([
    ['rate(1 days)', 'Write rate(1 day).'],
    ['rate(1 hours)', 'Write rate(1 hour).'],
    ['rate(2 minute)', 'Write rate(2 minutes).'],
    ['rate(0 minutes)', 'A rate is a whole number from 1'],
    ['rate(1.5 hours)', 'A rate is a whole number from 1'],
    ['rate(-1 hours)', 'A rate is a whole number from 1'],
    ['rate(1 week)', 'also minutes or days'],
    ['rate(5  minutes)', 'A rate is a whole number from 1'],
    ['cron(0 20 ? * MON-FRI)', 'has 6 fields with one blank between them, this one has 5'],
    ['cron(0 0 20 ? * MON-FRI *)', 'this one has 7'],
    ['cron(0 20 *  * ? *)', 'Write one blank between the fields, and none around them: cron(0 20 * * ? *)'],
    ['cron(0 20 * * * *)', '? for exactly one of day-of-month and day-of-week'],
    ['cron(0 20 ? * ? *)', '? for exactly one of day-of-month and day-of-week'],
    ['cron(60 20 ? * MON *)', 'minutes is 60. Write * or values from 0 to 59'],
    ['cron(0 24 ? * MON *)', 'hours is 24. Write * or values from 0 to 23'],
    ['cron(0 20 0 * ? *)', 'day-of-month is 0. Write * or values from 1 to 31'],
    ['cron(0 20 32W * ? *)', 'day-of-month is 32W'],
    ['cron(0 20 1 13 ? *)', 'month is 13. Write * or values from 1 to 12, or JAN to DEC'],
    ['cron(0 20 ? * MONDAY *)', 'day-of-week is MONDAY. Write * or values from 1 to 7, or SUN to SAT'],
    ['cron(0 20 ? * 0 *)', 'day-of-week is 0'],
    ['cron(0 20 ? * 2#6 *)', 'day-of-week is 2#6'],
    ['cron(0 20 ? * MON 26)', 'year is 26. Write * or values from 1970 to 2199'],
    ['cron(0/0 20 ? * MON *)', 'minutes is 0/0'],
    ['cron(? 20 ? * MON *)', 'minutes is ?'],
    ['cron(0 1-2-3 ? * MON *)', 'hours is 1-2-3'],
    ['at(2020-01-01T00:00:00)', 'at(…) runs once, and a schedule repeats. Write cron(minutes'],
    ['every day', 'is neither a cron nor a rate expression. Write cron(minutes'],
    ['', 'is neither a cron nor a rate expression'],
  ])('is refused with what to write: %s', (expression, detail) => {
    expect(findExpressionError(expression)).toContain(detail);
  });
});
