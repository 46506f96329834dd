import { isTerminalJob } from '#events/records/job.ts';
import { Fault } from '#events/problems/problem.ts';
import { updateJobs } from '#shared/clusters/jobs/observe-jobs.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import { getOperation } from '#shared/clusters/store/read.ts';
import {
  type Assessment,
  decideNext,
  failed,
  findTrouble,
  unanswered,
} from '#shared/clusters/workflows/rollout/assessment.ts';
import { type RolloutState, toNext } from '#shared/clusters/workflows/rollout/rollout-state.ts';
import { flinkRest } from '#shared/flink/rest/flink-rest.ts';

import { type JobApplyRecords, readJobApply } from './records.ts';

/** Step of the rollout machine for a job: looks at the new job once, as `verify` looks at an incarnation. */
export const verifyJob = async (state: RolloutState, ports: Ports): Promise<RolloutState> => {
  const records = await readJobApply(state.operationId, ports);
  const jobId = state.deployId;
  if (records === undefined || jobId === undefined) return toNext(state, 'over');
  const { value: started } = await getOperation(jobId, ports.store);
  const assessment = await assess(records, jobId, ports);
  return decideNext(state, { assessment, started, options: records.request.options, now: ports.now() });
};

const assess = async (records: JobApplyRecords, jobId: string, ports: Ports): Promise<Assessment> => {
  const { target, clusterId } = records.cluster.value;
  try {
    const { jobs, overview = [], reachable } = await updateJobs(records, ports);
    const job = jobs.find((one) => one.jobId === jobId);
    if (job?.state === 'FAILED')
      return failed('JobFailed', `Job ${jobId} (${job.name}) failed. ${job.message ?? ''}`.trim());
    if (job?.state === 'CANCELED') return { status: 'canceled' };
    if (job !== undefined && isTerminalJob(job)) return { status: 'ended' };
    const seen = overview.find(({ jid }) => jid === jobId);
    if (reachable !== 'True' || seen === undefined)
      return unanswered('Unreachable', "Flink's REST API does not answer.");
    const rest = flinkRest(ports.kubernetes(await ports.targets.get(target)).flink(clusterId));
    return (await findTrouble(seen, records.request.options, rest)) ?? { status: 'stable' };
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return unanswered(error.reason ?? error.code, error.message);
  }
};
