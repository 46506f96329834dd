import { beforeAll, describe, expect, it } from 'vitest';

import type { Job } from '#events/records/job.ts';
import { readClusters } from '#shared/clusters/queries/clusters.ts';

import { type Count, countAnswer, countSteps, type Invocation, StagedWorld } from './staged-world.ts';

/** In the schedule of this seed all clusters start, and the target has no limit. */
const seed = 1;

const session = { mode: 'session' };
const application = { mode: 'application', job: { jar: 'local:///opt/flink/usrlib/a.jar' } };
const jar = 's3://bucket/uploads/local/1/a.jar';

interface Bar extends Count {
  readonly command: string;
  /** What is counted: until the caller has its answer, or in the state machine. */
  readonly part: 'answer' | 'steps';
}

/** The maxima. They fall with the counts, and rise with a reason only. */
const bars: readonly Bar[] = [
  { command: 'deploy of a session', part: 'answer', stages: 12, requests: 16 },
  { command: 'deploy of an application', part: 'answer', stages: 13, requests: 17 },
  { command: 'submit', part: 'answer', stages: 6, requests: 8 },
  { command: 'submit', part: 'steps', stages: 20, requests: 21 },
  { command: 'cancel', part: 'answer', stages: 15, requests: 17 },
  { command: 'stop', part: 'answer', stages: 5, requests: 5 },
  { command: 'stop', part: 'steps', stages: 21, requests: 39 },
  { command: 'list of clusters', part: 'answer', stages: 1, requests: 5 },
];
const counters = { answer: countAnswer, steps: countSteps } as const;

describe('the requests that a warm function sends one after the other', () => {
  const runs = new Map<string, readonly Invocation[]>();

  beforeAll(async () => {
    const world = new StagedWorld(seed);
    await world.run('deploy', { clusterId: 'first', data: session }); // Fills the caches.
    runs.set('deploy of a session', await world.run('deploy', { clusterId: 'one', data: session }));
    runs.set('deploy of an application', await world.run('deploy', { clusterId: 'two', data: application }));
    runs.set('submit', await world.run('submit', { clusterId: 'one', data: { jar } }));
    const [job] = world.table.values<Job>('target#local/cluster#one|job#');
    runs.set('cancel', await world.run('cancel', { clusterId: 'one', jobId: job?.jobId ?? '', data: {} }));
    const list = await world.call('query', (ports) => readClusters('local', { limit: 100 }, ports));
    runs.set('list of clusters', list);
    runs.set('stop', await world.run('stop', { clusterId: 'one', data: {} }));
  });

  it.each(bars)('are no more than the maximum: $command, $part', ({ command, part, stages, requests }) => {
    const counted = counters[part](runs.get(command) ?? []);

    expect(counted.stages).toBeGreaterThan(0);
    expect(counted.stages).toBeLessThanOrEqual(stages);
    expect(counted.requests).toBeLessThanOrEqual(requests);
  });
});
