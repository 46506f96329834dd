import { describe, expect, it } from 'vitest';

import type { Job } from '#events/records/job.ts';
import { Fault } from '#events/problems/problem.ts';
import { maxPageBytes } from '#shared/clusters/model/page.ts';
import { addJobs, maxListedJobs } from '#shared/clusters/queries/cluster-jobs.ts';
import type { Store } from '#shared/clusters/ports/store.ts';
import { cluster, job } from '#test/unit/cli/loopback-api.ts';

const makeJobs = (count: number, more: Partial<Job> = {}): readonly Job[] =>
  Array.from({ length: count }, (_, index) =>
    job({
      jobId: index.toString(16).padStart(32, '0'),
      startTime: new Date(Date.UTC(2026, 10, 24) + index * 60_000).toISOString(),
      ...more,
    }),
  );

/** A store that has these jobs of each cluster. It counts its queries, and the records that it has returned. */
const storeOf = (jobsOf: (clusterId: string) => readonly Job[]) => {
  const asked: string[] = [];
  const read = { records: 0 };
  const lastJobs: Store['lastJobs'] = async ({ clusterId }, limit) => {
    asked.push(clusterId);
    const all = jobsOf(clusterId);
    const jobs = all.slice(0, limit).map((value) => ({ value, version: 1 }));
    read.records += jobs.length;
    return { jobs, hasMore: jobs.length < all.length };
  };
  return { asked, read, store: { lastJobs } as Store }; // addJobs needs nothing else
};

describe('a list of clusters with jobs', () => {
  it('has the recorded jobs of each incarnation, by one query a cluster', async () => {
    const earlier = job({ jobId: 'e'.repeat(32), clusterOperationId: 'f'.repeat(32) });
    const { asked, store } = storeOf((clusterId) => (clusterId === 'one' ? [job(), earlier] : []));

    const page = await addJobs(
      { items: [cluster({ clusterId: 'one' }), cluster({ clusterId: 'two' })], cursor: 'next' },
      { store },
    );

    expect(page.items.map(({ clusterId, jobs, hasMoreJobs }) => [clusterId, jobs, hasMoreJobs])).toEqual([
      ['one', [job()], undefined],
      ['two', [], undefined],
    ]);
    expect(page.cursor).toBe('next');
    expect(asked).toEqual(['one', 'two']);
  });

  it('has live jobs first, then the newest ones', async () => {
    const [oldest, ...terminal] = makeJobs(maxListedJobs, { state: 'FINISHED' });
    const running = { ...oldest!, state: 'RUNNING' as const };
    const { store } = storeOf(() => [...terminal, running]);

    const [found] = (await addJobs({ items: [cluster()] }, { store })).items;

    expect(found?.jobs).toEqual([running, ...terminal.toReversed()]);
    expect(found?.hasMoreJobs).toBeUndefined();
  });

  it('reads no more records of a cluster than it has, and says that there may be more', async () => {
    const jobs = makeJobs(10_000);
    const { read, store } = storeOf(() => jobs);
    const clusters = Array.from({ length: 20 }, (_, index) => cluster({ clusterId: `c-${index}` }));

    const { items } = await addJobs({ items: clusters }, { store });

    expect(read.records).toBe(20 * maxListedJobs);
    expect(items.every(({ jobs: listed, hasMoreJobs }) => listed.length === maxListedJobs && hasMoreJobs)).toBe(true);
  });

  it('does not read the jobs of clusters for which the response has no room', async () => {
    const large = makeJobs(maxListedJobs, { message: 'x'.repeat(10_000) });
    const { asked, store } = storeOf(() => large);
    const clusters = Array.from({ length: 100 }, (_, index) => cluster({ clusterId: `c-${index}` }));

    const { items } = await addJobs({ items: clusters }, { store });

    expect(asked.length).toBeLessThan(20);
    expect(items.at(-1)).toMatchObject({ clusterId: 'c-99', jobs: [], hasMoreJobs: true });
  });

  it('stays below the maximum size of a response', async () => {
    const large = makeJobs(maxListedJobs, { message: 'x'.repeat(10_000) });
    const { store } = storeOf(() => large);
    const clusters = Array.from({ length: 10 }, (_, index) => cluster({ clusterId: `c-${index}` }));

    const { items } = await addJobs({ items: clusters }, { store });

    expect(JSON.stringify(items).length).toBeLessThan(maxPageBytes);
    expect(items.map(({ hasMoreJobs }) => hasMoreJobs === true)).toEqual([
      ...Array.from({ length: 4 }, () => false),
      ...Array.from({ length: 6 }, () => true),
    ]);
  });

  it('has a cluster whose jobs another version recorded, without them', async () => {
    const { store } = storeOf(() => {
      throw new Fault('version-mismatch', 'job');
    });

    const { items } = await addJobs({ items: [cluster()] }, { store });

    expect(items).toEqual([{ ...cluster(), jobs: [], hasMoreJobs: true }]);
  });
});
