import { isTerminalJob } from '#events/records/job.ts';
import { sendHttp } from '#test/fakes/origins.ts';
import type { Carried } from '#test/fakes/state-machine.ts';
import { getStep } from '#test/fakes/workflows.ts';
import {
  clusterId,
  clusterRef,
  getFlink,
  jar,
  listOperations,
  runWorkflows,
  savepointDirectory,
  world,
} from '#test/unit/shared/clusters/fixture.ts';

export const rollout = { savepointDirectory, stableWithin: '1min' };
export const given = (options: object = {}, fields: object = {}) => ({
  jar,
  args: ['--new'],
  rollout: { ...rollout, ...options },
  ...fields,
});
export const apply = (jobId: string, data: object = given(), send = sendHttp, key?: string) =>
  send('apply-job', { clusterId, jobId, data: { ...data }, ...(key === undefined ? {} : { key }) }, world);

export const getApply = () => listOperations().findLast(({ kind }) => kind === 'apply-job');
export const getJob = async (jobId = '') => (await world.store.job(clusterRef, jobId))?.value;
export const listLive = () => [...getFlink().jobs].flatMap(([id, job]) => (isTerminalJob(job) ? [] : [id]));
export const listArgs = () => [...getFlink().jobs.values()].map(({ options }) => options.programArgsList);
export const pathOf = (jobId: string) => `${savepointDirectory}/savepoint-${jobId.slice(0, 6)}`;
/** Runs the workflows. A rollout that waits for ever fails the test. */
export const runAll = async (beforeWait = async () => {}) => {
  let waits = 0;
  world.workflows.beforeWait = async () => {
    waits += 1;
    if (waits > 200) throw new Error(`the rollout waits for ever: ${JSON.stringify(getApply())}`);
    await beforeWait();
  };
  await runWorkflows();
};
/** Runs one step of the rollout machine. @returns What goes to the next step. */
export const runStep = async (step: string, state: Carried): Promise<Carried> =>
  (await getStep('rollout', step)(state, world.ports)) as Carried;
export const stopSession = async () => {
  await sendHttp('stop', { clusterId, data: { savepoint: 'none', ha: 'purge' } }, world);
};
export const listRolloutEvents = () =>
  [...world.store.events.values()].flatMap((event) =>
    event.type === 'Flink Rollout State Change' ? [`${event.detail.state} ${event.detail.phase}`] : [],
  );
/** What happens to the new job. The old program runs, also when it starts again. */
export const spoilNew = (result: ReturnType<ReturnType<typeof getFlink>['program']>) => {
  getFlink().program = ({ programArgsList = [] }) =>
    programArgsList.includes('--new') ? result : { state: 'RUNNING' };
};
