import { describe, expect, it } from 'vitest';

import { Fault } from '#events/problems/problem.ts';
import { explainCrash, explainProgramFailure } from '#shared/clusters/jobs/container-log.ts';
import type { Kubernetes } from '#shared/clusters/ports/kubernetes.ts';
import { makeWorld } from '#test/fakes/world.ts';

const info = (text: string) => `2026-11-28 11:13:59,123 INFO  org.apache.flink.runtime.Entrypoint [] - ${text}`;
const frame = '\tat a.B.c(D.java:1)';

const explain = async (log: readonly string[]) => {
  const { kubernetes } = makeWorld();
  kubernetes.createByHand('etl');
  Object.assign(kubernetes.cluster('etl'), { previousLog: log.join('\n') });
  return explainCrash({ clusterId: 'etl', message: 'back-off' }, kubernetes);
};

describe('why a JobManager crashed', () => {
  it.each([
    [
      'what a time-out waited for',
      ['a.BException: no bucket', frame, 'Caused by: java.util.concurrent.TimeoutException', frame, info('end')],
      'BException: no bucket',
    ],
    [
      'all lines of a message',
      [
        info('starts'),
        'org.apache.flink.table.api.ValidationException: Available factory identifiers are:',
        '',
        'blackhole',
        'print',
        frame,
        info('end'),
      ],
      'ValidationException: Available factory identifiers are: blackhole print',
    ],
    [
      'a message of 900 characters',
      [`Exception in thread "main" a.BException: ${'x'.repeat(900)}`, frame],
      `BException: ${'x'.repeat(900)}`,
    ],
    ['a longer message with an ellipsis', [`a.BError: ${'x'.repeat(2_000)}`], `BError: ${'x'.repeat(992)}…`],
    [
      'that of the program, and no class that is missing during the shutdown',
      [
        info('runs'),
        'a.ProgramInvocationException: The main method caused an error: no',
        frame,
        'Caused by: a.InputException: no input',
        frame,
        'Exception in thread "Thread-5" java.lang.NoClassDefFoundError: a/B',
        frame,
      ],
      'InputException: no input',
    ],
    [
      'no line that only looks like an exception',
      ['a.BException: no bucket', frame, info('stops'), 'config.yaml: written'],
      'BException: no bucket',
    ],
    [
      'what the start script prints, without the routine of the log',
      [...Array.from({ length: 30 }, (_, index) => info(`line ${index}`)), 'Plugin x.jar does not exist. Exiting.'],
      'back-off\nPlugin x.jar does not exist. Exiting.',
    ],
    ['the message of Kubernetes alone', Array.from({ length: 30 }, (_, index) => info(`line ${index}`)), 'back-off'],
  ])('is %s', async (_, log, expected) => {
    expect(await explain(log)).toBe(expected);
  });
});

describe('a failure whose log is not available', () => {
  const clusterId = 'etl';
  const cause = 'RuntimeException: Python process exits with code: 1';

  it.each([
    [
      'a crash',
      async (kubernetes: Kubernetes) => explainCrash({ clusterId, message: 'back-off' }, kubernetes),
      'back-off',
    ],
    ['a program', async (kubernetes: Kubernetes) => explainProgramFailure({ clusterId, cause }, kubernetes), cause],
  ])('is reported without it: %s', async (_, explainFailure, expected) => {
    const { kubernetes } = makeWorld();

    kubernetes.failNext('readLog', new Fault('target-refused', 'pods/log is forbidden'));
    expect(await explainFailure(kubernetes)).toBe(expected);

    kubernetes.failNext('readLog', new TypeError('a mistake of Drey'));
    await expect(explainFailure(kubernetes)).rejects.toThrow(TypeError);
  });
});
