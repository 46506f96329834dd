import type { DeadLetter, Schedule, ScheduleRun, Transition } from '../../../dashboard/api/types.ts';

const author = 'arn:aws:iam::123456789012:user/ada';

export const makeSchedule = (changes: Partial<Schedule> = {}): Schedule => ({
  name: 'evening',
  target: 'etl',
  revision: '01a20b1ae6c471069dae373ef7881ee9',
  updatedAt: '2026-11-20T09:00:00.000Z',
  updatedBy: author,
  definition: {
    action: 'stop',
    expression: 'cron(0 20 ? * MON-FRI *)',
    timezone: 'Europe/Berlin',
    enabled: true,
    selector: { labels: { team: 'etl' }, mode: 'session' },
    savepoint: 'best-effort',
    ha: 'keep',
  },
  ...changes,
});

export const makeRun = (changes: Partial<ScheduleRun> = {}): ScheduleRun => ({
  runId: '01a20b1d96c471069dae373ef7881ee9',
  target: 'etl',
  name: 'evening',
  action: 'stop',
  scheduledAt: '2026-11-27T19:00:00.000Z',
  startedAt: '2026-11-27T19:00:02.000Z',
  endedAt: '2026-11-27T19:00:03.000Z',
  results: [{ clusterId: 'office', operationId: '01a213a135337641b78f98f232bac991', state: 'SUCCEEDED' }],
  ...changes,
});

export const makeDeadLetter = (changes: Partial<DeadLetter> = {}): DeadLetter => ({
  id: '7f3c1a52-6f5e-4c58-8f29-5b7f0e9f3d11',
  subject: 'targets/etl/clusters/nightly',
  type: 'drey.command.deploy.v1',
  commandId: 'etl-2026-11-30',
  principal: 'sqs:AROA3XFRBF535PLBIFPI4:pipeline',
  code: 'target-unreachable',
  detail: 'The API server of target etl does not answer.',
  ...changes,
});

export const makeTransition = (changes: Partial<Extract<Transition, { subject: 'cluster' }>> = {}): Transition => ({
  id: 'etl/nightly/3',
  subject: 'cluster',
  target: 'etl',
  clusterId: 'nightly',
  sequence: 3,
  principal: 'drey:startup',
  labels: {},
  at: '2026-11-30T08:00:00.000Z',
  from: 'DEPLOYING',
  to: 'RUNNING',
  reason: 'Ready',
  message: 'The REST API responds.',
  ...changes,
});
