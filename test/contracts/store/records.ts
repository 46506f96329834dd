import { randomUUID } from 'node:crypto';

import type { Cluster } from '#events/records/cluster.ts';
import type { Job } from '#events/records/job.ts';
import type { ClusterRef } from '#events/names.ts';
import type { StoredRevision } from '#events/records/revisions.ts';
import type { StoredSnapshot } from '#events/records/snapshots.ts';
import type { Schedule, ScheduleRun } from '#events/records/schedules.ts';
import type { QueuedCommand } from '#shared/clusters/model/admission/queue.ts';
import { type ClusterChange, newCluster } from '#shared/clusters/model/cluster.ts';
import { newOperation, type StoredOperation } from '#shared/clusters/model/operation.ts';
import type { OutboxEvent, VerdictRecord } from '#shared/clusters/model/records/outbox.ts';

/** The clock of a contract starts at the time of the machine, because DynamoDB deletes expired items by that time. */
export const start = new Date(Math.floor(Date.now() / 1000) * 1000);
const at = start.toISOString();

export const principal = 'arn:aws:iam::000000000000:user/ada';

/** A store under test may have other records, so that each test has names of its own. */
export const newName = (word: string) => `${word}-${randomUUID().slice(0, 12)}`;
export const newId = () => randomUUID().replaceAll('-', '');

/** The first state of a cluster, with its transition. */
export const makeCluster = (target: string, fields: Partial<Cluster> = {}): ClusterChange =>
  newCluster(
    {
      target,
      clusterId: newName('cluster'),
      mode: 'session',
      namespace: 'flink',
      image: 'flink:2.2',
      flinkVersion: '2.2',
      labels: {},
      operationId: newId(),
      principal,
      pendingReason: undefined,
      ...fields,
    },
    start,
  );

export const makeOperation = (
  target: string,
  fields: Omit<Partial<StoredOperation>, 'messageToken'> = {},
): StoredOperation =>
  newOperation(
    {
      operationId: newId(),
      kind: 'stop',
      target,
      clusterId: newName('cluster'),
      origin: 'http',
      principal,
      messageToken: 'token',
      ...fields,
    },
    3_600_000,
    start,
  );

export const makeJob = ({ target, clusterId, operationId }: Cluster, fields: Partial<Job> = {}): Job => ({
  target,
  clusterId,
  jobId: newId(),
  name: 'clicks',
  state: 'RUNNING',
  startTime: at,
  clusterOperationId: operationId,
  updatedAt: at,
  ...fields,
});

export const makeRevision = (clusterRef: ClusterRef, number: number): StoredRevision => ({
  ...clusterRef,
  number,
  createdAt: at,
  principal,
  operationId: `operation-${number}`,
  mode: 'session',
  digest: 'digest',
  image: 'flink:2.2',
  flinkVersion: '2.2',
});

export const makeSnapshot = (clusterRef: ClusterRef, fields: Partial<StoredSnapshot> = {}): StoredSnapshot => {
  const operationId = newId();
  return {
    ...clusterRef,
    snapshotId: operationId,
    kind: 'savepoint',
    format: 'CANONICAL',
    trigger: 'manual',
    jobId: newId(),
    jobName: 'clicks',
    clusterOperationId: newId(),
    flinkVersion: '2.2',
    operationId,
    principal,
    createdAt: at,
    ...fields,
  };
};

export const makeQueuedCommand = (target: string, fields: Partial<QueuedCommand> = {}): QueuedCommand => ({
  operationId: newId(),
  kind: 'deploy',
  target,
  clusterId: newName('cluster'),
  principal,
  team: '',
  priority: 0,
  since: at,
  deadline: new Date(start.getTime() + 86_400_000).toISOString(),
  dependsOn: [],
  demand: { clusters: 1, jobs: 0, cpu: 2, memoryMebibytes: 2_048 },
  ...fields,
});

export const makeVerdict = (
  { operationId, target }: StoredOperation,
  verdict: VerdictRecord['verdict'],
): OutboxEvent => ({ type: 'Flink Command Finished', detail: { operationId, target, verdict, at } });

export const makeSchedule = (target: string, name: string, revision = newId()): Schedule => ({
  name,
  target,
  revision,
  updatedAt: at,
  updatedBy: principal,
  definition: {
    action: 'deploy',
    expression: 'cron(0 7 ? * MON-FRI *)',
    timezone: 'Europe/Berlin',
    enabled: true,
    spec: 'office',
  },
});

export const makeRun = (target: string, name: string, runId: string): ScheduleRun => ({
  runId,
  target,
  name,
  action: 'deploy',
  scheduledAt: at,
  startedAt: at,
  results: [],
});
