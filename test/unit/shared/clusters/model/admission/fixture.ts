import type { Demand, NamedTarget } from '#events/records/target.ts';
import type { QueuedCommand } from '#shared/clusters/model/admission/queue.ts';

export const one: Demand = { clusters: 1, jobs: 1, cpu: 2, memoryMebibytes: 2_048 };
let count = 0;
export const makeQueuedCommand = (fields: Partial<QueuedCommand> = {}): QueuedCommand => ({
  operationId: String((count += 1)).padStart(4, '0'),
  kind: 'deploy',
  target: 'local',
  clusterId: `c${count}`,
  principal: 'arn:aws:iam::000000000000:user/ada',
  team: '',
  priority: 0,
  since: new Date(Date.UTC(2026, 0, 1) + count * 1_000).toISOString(),
  deadline: '2027-01-01T00:00:00.000Z',
  dependsOn: [],
  demand: one,
  ...fields,
});
export interface Policy {
  readonly limits?: NamedTarget['limits'];
  readonly shares?: NamedTarget['shares'];
}
