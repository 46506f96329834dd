import type { Session } from '../../../dashboard/api/session.ts';
import type {
  Cluster,
  Job,
  Operation,
  Problem,
  QueuedCommand,
  QueueView,
  Target,
} from '../../../dashboard/api/types.ts';

/** The time that the fixtures are written for. */
export const now = '2026-11-30T12:00:00.000Z';

const principal = 'arn:aws:iam::123456789012:user/ada';

export const makeSession = (changes: Partial<Session> = {}): Session => ({
  version: '0.1.0',
  stage: 'dev',
  api: { url: 'https://api.example.com', from: 'DREY_API' },
  target: null,
  authentication: 'iam',
  identity: 'profile ops',
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
  jobs: [makeJob()],
  createdAt: '2026-11-30T07:59:00.000Z',
  updatedAt: '2026-11-30T08:00:00.000Z',
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
