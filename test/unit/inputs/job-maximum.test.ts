import { describe, expect, it } from 'vitest';

import { findApplicationVerdict } from '#shared/clusters/model/job.ts';
import { sendHttp } from '#test/fakes/origins.ts';
import {
  clusterId,
  clusterRef,
  getCluster,
  getFlink,
  getState,
  jar,
  reconcile,
  runWorkflows,
  startSession,
  world,
} from '#test/unit/shared/clusters/fixture.ts';

const application = { mode: 'application', job: { jar: 'local:///opt/flink/job.jar' } };
const toId = (prefix: string, index: number) => `${prefix}${index.toString(16).padStart(31, '0')}`;

/** Records jobs that have ended, as earlier passes would have. */
const recordEndedJobs = async (count: number) => {
  const { operationId: clusterOperationId = '' } = (await getCluster()) ?? {};
  const [startTime, updatedAt] = ['2026-11-23T12:00:00.000Z', '2026-11-23T12:00:00.000Z'];
  for (let index = 0; index < count; index += 1) {
    const job = { ...clusterRef, clusterOperationId, jobId: toId('e', index), name: 'etl', startTime, updatedAt };
    await world.store.commit({ jobs: [{ value: { ...job, state: 'FINISHED' }, previous: undefined }] });
  }
};
const listJobs = async () => (await world.store.jobs(clusterRef)).map(({ value }) => value);
/** A program reports 150 other jobs in each of four passes. */
const reportNewJobs = async () => {
  for (let round = 0; round < 4; round += 1) {
    for (let index = 0; index < 150; index += 1) getFlink().addJob(toId('f', round * 1_000 + index));
    await reconcile();
  }
};

describe('a program that reports ever new jobs', () => {
  it('cannot fill the table: a session has a maximum, above which a submit still has its job', async () => {
    await startSession(sendHttp);
    await recordEndedJobs(9_900);
    await reportNewJobs();
    await sendHttp('submit', { clusterId, data: { jar } }, world);
    await runWorkflows();
    await reconcile();
    const jobs = await listJobs();

    expect(jobs.filter(({ operationId }) => operationId === undefined)).toHaveLength(10_000);
    expect(jobs.filter(({ operationId }) => operationId !== undefined)).toMatchObject([{ state: 'RUNNING' }]);
  });

  it('cannot fill the table as an application, whose jobs all belong to its deploy', async () => {
    await sendHttp('deploy', { clusterId, data: application }, world);
    await runWorkflows();
    await recordEndedJobs(9_900);
    await reportNewJobs();

    expect(await listJobs()).toHaveLength(10_000);
  });

  it('cannot hide a failed job of an application among more finished ones than one observation records', async () => {
    await sendHttp('deploy', { clusterId, data: application }, world);
    await runWorkflows();
    getFlink().version = '2.2.0'; // It does not report the end of the program.
    for (const jobId of getFlink().jobs.keys()) getFlink().setState(jobId, 'FINISHED');
    for (let index = 0; index < 1_000; index += 1) getFlink().addJob(toId('f', index), { state: 'FINISHED' });
    getFlink().addJob(toId('f', 1_000), { state: 'FAILED' });
    await reconcile();
    await runWorkflows();

    expect(await getState()).toBe('FAILED');
  });

  it('does not end its application while a job without a record may run', async () => {
    const ended = { ...clusterRef, clusterOperationId: '0', jobId: '0', name: 'etl', state: 'FINISHED' } as const;
    const job = { ...ended, startTime: '2026-11-23T12:00:00.000Z', updatedAt: '2026-11-23T12:00:00.000Z' };
    const full = Array.from({ length: 10_000 }, () => job);

    expect(findApplicationVerdict({}, full.slice(1))).toMatchObject({ state: 'FINISHED' });
    expect(findApplicationVerdict({}, full)).toBeUndefined();
  });
});
