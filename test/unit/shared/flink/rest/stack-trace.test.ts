import { describe, expect, it } from 'vitest';

import { formatRootCause } from '#shared/flink/rest/stack-trace.ts';

const toTrace = (causes: readonly string[]) =>
  causes.map((cause, index) => `${index === 0 ? '' : 'Caused by: '}${cause}\n\tat a.B.c(D.java:1)`).join('\n');

const traceback = (exception: string) =>
  `Traceback (most recent call last):\n${'  File "sdk_worker.py", line 311, in _execute\n    response = task()\n'.repeat(40)}${exception}`;

const suppressed = 'org.apache.flink.runtime.JobException: Recovery is suppressed by NoRestartBackoffTimeStrategy';
const completion = 'java.util.concurrent.CompletionException: java.util.concurrent.TimeoutException';
const noResources =
  'org.apache.flink.runtime.jobmanager.scheduler.NoResourceAvailableException: Could not acquire the minimum required resources.';
const fetch = 'java.lang.RuntimeException: Failed to get metadata for topics [orders].';
const execution = 'java.util.concurrent.ExecutionException: org.apache.kafka.common.errors.TimeoutException: Timed out';

describe('the cause of a failure', () => {
  it.each([
    ['the deepest', [suppressed, 'java.lang.ArithmeticException: / by zero'], 'ArithmeticException: / by zero'],
    [
      'not the time-out of a slot',
      [
        suppressed,
        completion,
        noResources,
        completion,
        'java.util.concurrent.TimeoutException: Timeout has occurred: PT5M',
      ],
      'NoResourceAvailableException: Could not acquire the minimum required resources.',
    ],
    [
      'what a time-out waited for',
      [suppressed, fetch, execution, 'org.apache.kafka.common.errors.TimeoutException: Timed out waiting for a node'],
      'RuntimeException: Failed to get metadata for topics [orders].',
    ],
    [
      'a time-out below exceptions that only pass it on',
      [suppressed, 'java.util.concurrent.TimeoutException: Heartbeat of TaskManager with id a-1 timed out.'],
      'TimeoutException: Heartbeat of TaskManager with id a-1 timed out.',
    ],
    [
      'an exception without a message',
      ['java.lang.RuntimeException: x', 'java.lang.NullPointerException'],
      'NullPointerException',
    ],
    [
      'all lines of its message',
      [
        'org.apache.flink.table.api.ValidationException: Available factory identifiers are:\n\n[\n  blackhole,\n  print\n]',
      ],
      'ValidationException: Available factory identifiers are: [ blackhole, print ]',
    ],
    [
      'the exception of Python, not the start of its traceback',
      [
        `java.lang.RuntimeException: Error received from SDK harness for instruction 1: ${traceback('KeyError: 1')}\n\nDuring handling of the above exception, another exception occurred:\n\n${traceback("ModuleNotFoundError: No module named 'helpers'")}`,
      ],
      "RuntimeException: Error received from SDK harness for instruction 1: ModuleNotFoundError: No module named 'helpers'",
    ],
    [
      'all lines of the message of Python',
      [`java.lang.RuntimeException: ${traceback('ValueError: first\nsecond')}`],
      'RuntimeException: ValueError: first second',
    ],
    [
      'a traceback without an exception, as it is',
      ['java.lang.RuntimeException: Traceback (most recent call last):\n  File "a.py", line 1'],
      'RuntimeException: Traceback (most recent call last): File "a.py", line 1',
    ],
  ])('is %s', (_, causes, expected) => {
    expect(formatRootCause(toTrace(causes), 'none')).toBe(expected);
  });

  it('is shortened with an ellipsis', () => {
    expect(formatRootCause(`a.B: ${'x'.repeat(2_000)}`, 'none')).toMatch(/^B: x{900,1000}…$/);
  });
});

it('a name of millions of parts is no exception, and no error of Drey', () => {
  expect(formatRootCause(`${'a.'.repeat(3_750_000)}!`, 'fallback')).toBe('fallback');
});
