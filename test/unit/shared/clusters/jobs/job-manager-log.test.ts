import { describe, expect, it } from 'vitest';

import { explainCrash } from '#shared/clusters/jobs/job-manager-log.ts';
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
      'a.BException: no bucket (back-off)',
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
