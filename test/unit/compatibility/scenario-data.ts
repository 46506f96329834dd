import { defaultPolicy } from '#events/records/policy.ts';
import type { Target } from '#events/records/target.ts';

export const target: Target = {
  cluster: 'eks',
  region: 'eu-central-1',
  roleArn: 'arn:aws:iam::123456789012:role/drey-kubernetes',
  namespace: 'flink',
  defaults: { 'kubernetes.service-account': 'flink' },
  policy: { ...defaultPolicy, jars: ['s3://bucket/'], denied: ['kubernetes.entry.path'] },
  maxJarBytes: 1_000,
  maxAge: '30d',
  limits: { clusters: 1, jobs: 50, cpu: 400, memoryGibibytes: 1_600 },
  shares: { etl: { weight: 3, clusters: 2 } },
  maxQueued: 100,
};
export const savepointDirectory = 's3://bucket/savepoints';
const snapshots = { every: '6h', directory: savepointDirectory };
export const session = { mode: 'session', labels: { team: 'etl' }, snapshots };
export const lifetime = {
  ttl: '8h',
  idleAfter: '2h',
  savepoint: 'best-effort',
  savepointDirectory,
  warnBefore: '10min',
};
export const restore = { fromCluster: 'etl', allowEmptyState: true };
export const trouble = { reason: 'CrashLoopBackOff', message: 'back-off 5m0s' };
export const updatedBy = 'arn:aws:sts::123456789012:assumed-role/etl/ada';
export const every = { expression: 'cron(0 7 ? * MON-FRI *)', timezone: 'Europe/Berlin' };
export const actions = {
  morning: { action: 'deploy', spec: 'office' },
  evening: { action: 'stop', selector: { labels: { team: 'etl' }, mode: 'session' } },
};
export const queueing = { priority: 5, correlationId: 'order-1', taskToken: 'token' };
