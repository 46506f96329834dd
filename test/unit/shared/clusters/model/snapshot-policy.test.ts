import { describe, expect, it } from 'vitest';

import type { Job } from '#events/records/job.ts';
import type { StoredSnapshot } from '#events/records/snapshots.ts';
import { isBlocked, selectSurplus } from '#shared/clusters/model/snapshot-policy.ts';

/** Monday, 23 November 2026; Berlin is one hour ahead of UTC. */
const monday = (time: string) => new Date(`2026-11-23T${time}Z`);

describe('a span without savepoints', () => {
  it.each([
    ['08:00-10:00 UTC', '07:59', false],
    ['08:00-10:00 UTC', '08:00', true],
    ['08:00-10:00 UTC', '09:59', true],
    ['08:00-10:00 UTC', '10:00', false],
    ['08:00-10:00 Europe/Berlin', '07:30', true],
    ['Mon-Fri 08:00-10:00 UTC', '09:00', true],
    ['Tue-Fri 08:00-10:00 UTC', '09:00', false],
    ['Sat-Mon 08:00-10:00 UTC', '09:00', true],
    ['Mon 22:00-02:00 UTC', '23:00', true],
    ['Mon 22:00-02:00 UTC', '01:00', false],
    ['Sun 22:00-02:00 UTC', '01:00', true],
  ])('%s at %s on a Monday: %s', (window, time, expected) => {
    expect(isBlocked({ notBetween: [window] }, monday(time))).toBe(expected);
  });
});

describe('the savepoints that a policy does not keep', () => {
  const of = (jobId: string, hours: number): StoredSnapshot => ({
    target: 'local',
    clusterId: 'etl',
    snapshotId: `${jobId}-${hours}`,
    kind: 'savepoint',
    trigger: 'schedule',
    jobId,
    jobName: 'etl',
    clusterOperationId: 'deploy',
    flinkVersion: '2.2',
    operationId: `${jobId}-${hours}`,
    principal: 'drey:reconcile',
    path: `s3://bucket/${jobId}-${hours}`,
    createdAt: monday(`${String(hours).padStart(2, '0')}:00`).toISOString(),
    completedAt: monday(`${String(hours).padStart(2, '0')}:01`).toISOString(),
  });
  const running = (jobId: string) => ({ jobId, state: 'RUNNING' }) as Job;
  const select = (snapshots: readonly StoredSnapshot[], policy: object) =>
    selectSurplus(snapshots, { keep: 5, jobs: [], ...policy }, monday('12:00')).map(({ snapshotId }) => snapshotId);

  it('are the oldest of each job name', () => {
    expect(select([of('b', 9), of('b', 8), of('a', 7), of('a', 6)], { keep: 2 })).toEqual(['a-6', 'a-7']);
  });

  it('are never the newest of a job that runs', () => {
    const jobs = [running('a'), running('b')];

    expect(select([of('b', 9), of('b', 8), of('a', 7), of('a', 6)], { keep: 1, jobs })).toEqual(['a-6', 'b-8']);
  });

  it('are those above the maximum age, except the newest', () => {
    expect(select([of('a', 11), of('a', 8), of('a', 7)], { maxAge: '2h' })).toEqual(['a-7', 'a-8']);
    expect(select([of('a', 7)], { maxAge: '2h' })).toEqual([]);
  });

  it.each([
    ['of a command', { trigger: 'manual' }],
    ['not complete', { completedAt: undefined }],
    ['disposed', { disposedAt: '2026-11-23T10:00:00.000Z' }],
  ] as const)('are none that is %s', (_name, members) => {
    const other = { ...of('a', 5), ...members } as StoredSnapshot;

    expect(select([of('a', 9), other, of('a', 4)], { keep: 1 })).toEqual(['a-4']);
  });
});
