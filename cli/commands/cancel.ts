import type { Place } from '#events/names.ts';

import { path } from '../api.ts';
import { clusterPath, readClustersWithJobs } from '../clusters.ts';
import { defineCommand } from '../command.ts';
import type { Context } from '../context.ts';
import { Failure, UsageError, during } from '../failure.ts';
import { carryOut } from '../operations.ts';
import { jobIdOf } from '../options.ts';

export const cancel = defineCommand({
  name: 'cancel',
  operands: '[job-id]',
  summary: 'cancel a job (flink cancel)',
  examples: {
    'drey cancel --target kubernetes-session -Dkubernetes.cluster-id=my-first-flink-cluster 8a077da4350254f0f435da5061d32226':
      'cancel a job of a cluster',
    'drey cancel 8a077da4350254f0f435da5061d32226': 'wherever it runs in the target',
  },
  run: async (context, [operand]) => {
    if (operand === undefined) throw new UsageError('Missing JobID. Specify a JobID to cancel a job.');
    const jobId = jobIdOf(operand);
    const target = await context.target();
    if (!context.json) context.print(`Cancelling job ${jobId}.`);
    try {
      const place =
        context.clusterId === undefined
          ? await placeOfJob(jobId, target, context)
          : { target, clusterId: context.clusterId };
      const answer = await carryOut(
        {
          path: `${clusterPath(place)}${path`/jobs/${jobId}/cancel`}`,
          body: {},
          what: `Cancelling on ${place.clusterId}`,
        },
        context,
      );
      if (context.json) context.printJson(answer);
      else context.print(`Cancelled job ${jobId}.`);
    } catch (error) {
      throw during(`Could not cancel job ${jobId}.`, error);
    }
  },
});

const placeOfJob = async (jobId: string, target: string, context: Context): Promise<Place> => {
  const clusters = await readClustersWithJobs(target, context);
  const found = clusters.find(({ jobs }) => jobs.some((job) => job.jobId === jobId));
  if (found !== undefined) return { target, clusterId: found.cluster.clusterId };
  throw new Failure(`No live cluster of target ${target} has that job.`, {
    code: 'not-found',
    hint: '`drey list -a` shows the jobs there are.',
  });
};
