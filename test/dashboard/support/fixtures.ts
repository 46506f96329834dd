import type { HostedSession, LocalSession } from '#events/page-session.ts';

import type {
  Cluster,
  Job,
  KeptIncarnation,
  ListedCluster,
  Operation,
  Problem,
  QueuedCommand,
  QueueView,
  Revision,
  Snapshot,
  Target,
  Transition,
} from '../../../dashboard/api/types.ts';

type ClusterTransition = Extract<Transition, { subject: 'cluster' }>;

/** The time that the fixtures are written for. */
export const now = '2026-11-30T12:00:00.000Z';

const principal = 'arn:aws:iam::123456789012:user/ada';

export const makeSession = (changes: Partial<LocalSession> = {}): LocalSession => ({
  version: '0.1.0',
  api: { url: 'https://api.example.com', from: 'DREY_API' },
  target: null,
  authentication: 'iam',
  identity: 'profile ops',
  ...changes,
});

export const makeHostedSession = (changes: Partial<HostedSession> = {}): HostedSession => ({
  version: '0.1.0',
  api: { url: 'https://api.example.com' },
  target: null,
  authentication: 'oidc',
  issuer: 'https://login.example.com/',
  clientId: 'page',
  scope: 'openid',
  ...changes,
});

export const makeTarget = (changes: Partial<Target> = {}): Target => ({
  name: 'etl',
  cluster: 'analytics',
  region: 'eu-central-1',
  namespace: 'flink',
  defaults: {},
  policy: {} as Target['policy'], // No view reads it.
  maxJarBytes: 500_000_000,
  limits: { clusters: 20, cpu: 64 },
  shares: {},
  maxQueued: 5_000,
  ...changes,
});

export const makeCluster = (changes: Partial<Cluster> = {}): Cluster => ({
  target: 'etl',
  clusterId: 'nightly',
  mode: 'application',
  state: 'RUNNING',
  namespace: 'flink',
  image: 'flink:2.2',
  flinkVersion: 'v2_2',
  labels: { team: 'etl' },
  conditions: [
    { type: 'Reachable', status: 'True', reason: 'Responds', message: '', since: '2026-11-30T08:00:00.000Z' },
    { type: 'Healthy', status: 'True', reason: 'Ready', message: '', since: '2026-11-30T08:00:00.000Z' },
  ],
  sequence: 3,
  operationId: '01a20b1ae6c471069dae373ef7881ee9',
  revision: 1,
  createdAt: '2026-11-30T07:59:00.000Z',
  updatedAt: '2026-11-30T08:00:00.000Z',
  ...changes,
});

/** A cluster as a list has it. */
export const makeListedCluster = (changes: Partial<ListedCluster> = {}): ListedCluster => ({
  ...makeCluster(),
  jobs: [makeJob()],
  ...changes,
});

export const makeJob = (changes: Partial<Job> = {}): Job => ({
  target: 'etl',
  clusterId: 'nightly',
  jobId: '01a20b1b9c5171069dae373ef7881ee9',
  name: 'TopSpeedWindowing',
  state: 'RUNNING',
  startTime: '2026-11-30T08:00:10.000Z',
  clusterOperationId: '01a20b1ae6c471069dae373ef7881ee9',
  updatedAt: '2026-11-30T08:00:10.000Z',
  ...changes,
});

export const makeOperation = (changes: Partial<Operation> = {}): Operation => ({
  operationId: '01a20b1ae6c471069dae373ef7881ee9',
  kind: 'deploy',
  target: 'etl',
  clusterId: 'nightly',
  state: 'SUCCEEDED',
  origin: 'http',
  principal,
  createdAt: '2026-11-30T07:59:00.000Z',
  updatedAt: '2026-11-30T08:00:00.000Z',
  deadline: '2026-11-30T08:59:00.000Z',
  ...changes,
});

export const makeQueuedCommand = (changes: Partial<QueuedCommand> = {}): QueuedCommand => ({
  position: 1,
  operationId: '01a20b1cc6c471069dae373ef7881ee9',
  kind: 'deploy',
  clusterId: 'waiting',
  principal,
  team: 'etl',
  priority: 0,
  since: '2026-11-30T11:50:00.000Z',
  deadline: '2026-11-30T23:50:00.000Z',
  dependsOn: [],
  reason: 'WaitingForQuota',
  message: 'The target has 0 of 20 clusters left.',
  ...changes,
});

export const makeQueue = (changes: Partial<QueueView> = {}): QueueView => ({
  target: 'etl',
  limits: { clusters: 20, cpu: 64 },
  usage: { clusters: 5, jobs: 5, cpu: 12.5, memoryMebibytes: 20_480 },
  teams: [{ team: 'etl', usage: { clusters: 5, jobs: 5, cpu: 12.5, memoryMebibytes: 20_480 } }],
  length: 0,
  queued: [],
  ...changes,
});

export const makeProblem = (changes: Partial<Problem> = {}): Problem => ({
  type: 'docs/problems.md#not-found',
  title: 'Not found',
  status: 404,
  detail: 'Target etl does not exist.',
  code: 'not-found',
  retryable: false,
  ...changes,
});

export const makeTransition = (changes: Partial<ClusterTransition> = {}): ClusterTransition => ({
  id: `event-${changes.sequence ?? 1}`,
  subject: 'cluster',
  target: 'etl',
  clusterId: 'nightly',
  sequence: 1,
  operationId: '01a20b1ae6c471069dae373ef7881ee9',
  principal,
  labels: {},
  from: null,
  to: 'REQUESTED',
  at: '2026-11-30T07:59:00.000Z',
  ...changes,
});

export const makeRevision = (changes: Partial<Revision> = {}): Revision => ({
  target: 'etl',
  clusterId: 'nightly',
  number: 1,
  createdAt: '2026-11-30T07:59:00.000Z',
  principal,
  operationId: '01a20b1ae6c471069dae373ef7881ee9',
  mode: 'application',
  digest: '2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae',
  image: 'flink:2.2',
  flinkVersion: 'v2_2',
  madeBy: 'deploy',
  outcome: 'stable',
  ...changes,
});

export const makeSnapshot = (changes: Partial<Snapshot> = {}): Snapshot => ({
  target: 'etl',
  clusterId: 'nightly',
  snapshotId: '01a20b1fe6c471069dae373ef7881ee9',
  kind: 'savepoint',
  format: 'CANONICAL',
  trigger: 'manual',
  jobId: '01a20b1b9c5171069dae373ef7881ee9',
  jobName: 'TopSpeedWindowing',
  clusterOperationId: '01a20b1ae6c471069dae373ef7881ee9',
  revision: 1,
  flinkVersion: 'v2_2',
  operationId: '01a20b20e6c471069dae373ef7881ee9',
  principal,
  path: 's3://state/savepoints/savepoint-01a20b-1',
  sizeBytes: 5_242_880,
  durationMs: 640,
  createdAt: '2026-11-30T09:00:00.000Z',
  completedAt: '2026-11-30T09:00:01.000Z',
  state: 'COMPLETED',
  ...changes,
});

export const makeKeptLogs = (changes: Partial<KeptIncarnation> = {}): KeptIncarnation => ({
  operationId: '01a20b1ae6c471069dae373ef7881ee9',
  revision: 1,
  at: '2026-11-30T10:00:00.000Z',
  files: [
    {
      name: 'nightly-6d4cf56db-abcde-0.log.gz',
      kind: 'log',
      pod: 'nightly-6d4cf56db-abcde',
      component: 'jobmanager',
      restart: 0,
      bytes: 120_000,
      at: '2026-11-30T10:00:00.000Z',
    },
    {
      name: 'nightly-taskmanager-1-1-0.log.gz',
      kind: 'log',
      pod: 'nightly-taskmanager-1-1',
      component: 'taskmanager',
      restart: 0,
      bytes: 5_000_000,
      truncated: true,
      at: '2026-11-30T10:00:00.000Z',
    },
    { name: 'exceptions.json.gz', kind: 'exceptions', bytes: 2_000, at: '2026-11-30T10:00:00.000Z' },
  ],
  leftOut: [{ name: 'configuration.json.gz', reason: 'No JobManager was ready.' }],
  ...changes,
});

/** What Flink answers about a job with a source and a sink, and about its checkpoints. */
export const makeFlinkJob = (jobId = '01a20b1b9c5171069dae373ef7881ee9') => ({
  details: {
    jid: jobId,
    name: 'TopSpeedWindowing',
    state: 'RUNNING',
    'start-time': Date.parse('2026-11-30T08:00:10Z'),
    'end-time': -1,
    vertices: [
      { id: 'a'.repeat(32), name: 'Source: cars', parallelism: 2, status: 'RUNNING' },
      { id: 'b'.repeat(32), name: 'Window -> Sink', parallelism: 2, status: 'RUNNING' },
    ],
    plan: { nodes: [{ id: 'a'.repeat(32) }, { id: 'b'.repeat(32), inputs: [{ num: 0, id: 'a'.repeat(32) }] }] },
  },
  checkpoints: {
    counts: { restored: 0, total: 3, in_progress: 0, completed: 2, failed: 1 },
    latest: {
      completed: makeFlinkCheckpoint(3, 'COMPLETED'),
      failed: { ...makeFlinkCheckpoint(2, 'FAILED'), failure_timestamp: Date.parse('2026-11-30T11:52:10Z') },
    },
    history: [
      makeFlinkCheckpoint(3, 'COMPLETED'),
      makeFlinkCheckpoint(2, 'FAILED'),
      makeFlinkCheckpoint(1, 'COMPLETED'),
    ],
  },
});

const makeFlinkCheckpoint = (id: number, status: 'COMPLETED' | 'FAILED') => ({
  id,
  status,
  is_savepoint: false,
  trigger_timestamp: Date.parse('2026-11-30T11:50:00Z') + id * 60_000,
  latest_ack_timestamp: Date.parse('2026-11-30T11:50:00Z') + id * 60_000 + 250,
  state_size: 1_572_864,
  end_to_end_duration: 250,
  ...(status === 'COMPLETED'
    ? { external_path: `s3://state/checkpoints/chk-${id}` }
    : { failure_message: 'Checkpoint expired before completing.' }),
});

/** Flink's history of exceptions of a job. */
export const makeFlinkExceptions = () => ({
  'root-exception': 'org.apache.flink.runtime.JobException: Recovery is suppressed',
  timestamp: Date.parse('2026-11-30T09:59:00Z'),
  exceptionHistory: {
    truncated: false,
    entries: [
      {
        exceptionName: 'org.apache.flink.runtime.JobException',
        stacktrace:
          'org.apache.flink.runtime.JobException: Recovery is suppressed\n\tat org.apache.flink.Scheduler.run(Scheduler.java:1)\nCaused by: java.io.FileNotFoundException: s3://reports/orders.parquet\n\tat com.example.Orders.open(Orders.java:42)\n',
        timestamp: Date.parse('2026-11-30T09:59:00Z'),
        taskName: 'Source: orders (1/2)',
        taskManagerId: 'nightly-taskmanager-1-1',
      },
    ],
  },
});
