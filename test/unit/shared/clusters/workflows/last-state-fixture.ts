import { getJobDataName } from '#shared/flink/names.ts';
import { sendHttp } from '#test/fakes/origins.ts';
import { clusterId, getFlink, runWorkflows, world } from '#test/unit/shared/clusters/fixture.ts';

import { applied, listDeploys, startFirst } from './rollout-fixture.ts';

const checkpointDirectory = 's3://state/checkpoints';
export const config = { 'execution.checkpointing.dir': checkpointDirectory };
export const highAvailability = {
  config: { ...config, 'high-availability.type': 'kubernetes', 'high-availability.storageDir': 's3://state/ha' },
};
export const retained = {
  config: { ...config, 'execution.checkpointing.externalized-checkpoint-retention': 'RETAIN_ON_CANCELLATION' },
};
export const lastState = { state: 'last-state', savepointDirectory: undefined };

export const getJobId = () => [...getFlink().jobs.keys()][0] ?? '';
export const toPath = (jobId: string, number: number) => `${checkpointDirectory}/${jobId}/chk-${number}`;

/** What high availability has of the job. */
export const store = (jobId: string, number?: number) => {
  const name = getJobDataName(clusterId, jobId);
  world.kubernetes.highAvailability.set(clusterId, new Set([name]));
  if (number !== undefined) world.kubernetes.storedCheckpoints.set(name, number);
};

/** Flink has completed a checkpoint. */
export const complete = (jobId: string, id: number) =>
  getFlink().lastCheckpoints.set(jobId, { completed: { id, path: toPath(jobId, id) } });

export const startWith = async (fields: object): Promise<string> => {
  await startFirst(fields);
  return getJobId();
};

export const applyNext = async (fields: object, rollout: object = lastState) => {
  const answer = await sendHttp('apply', { clusterId, data: applied('flink:2.3.1', rollout, fields) }, world);
  await runWorkflows();
  return answer;
};

export const getRestored = () => listDeploys().at(-1)?.restoredFrom;
