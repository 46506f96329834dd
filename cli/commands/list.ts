import { defineCommand } from '#cli/commander/command.ts';
import { type ClusterWithJobs, readClustersWithJobs, readJobs } from '#cli/flows/jobs.ts';
import { resolveClusterId } from '#cli/input/configuration-folder.ts';
import { formatJobList, type JobFilter, selectJobs } from '#cli/output/flink-lines.ts';
import { formatTime } from '#cli/output/local-time.ts';
import { type Row, paintState, renderTable } from '#cli/output/table.ts';

import type { Context } from '../context.ts';

export const list = defineCommand<JobFilter>({
  options: {
    '-r, --running': 'only running jobs',
    '-s, --scheduled': 'only scheduled jobs',
    '-a, --all': 'also those that ended, and clusters that did',
  },
  examples: {
    'drey list --target kubernetes-session -Dkubernetes.cluster-id=my-first-flink-cluster':
      'the jobs of one cluster, as Flink shows them',
    'drey list': 'every live cluster of the target with its jobs',
    'drey list --output json': 'the same for programs',
  },
  run: async (context, _operands, shown) => {
    const target = await context.target();
    const clusterId = await resolveClusterId(context);
    await (clusterId === undefined
      ? listTarget(target, shown, context)
      : listCluster(target, clusterId, shown, context));
  },
});

const listCluster = async (target: string, clusterId: string, shown: JobFilter, context: Context): Promise<void> => {
  if (!context.json) context.print('Waiting for response...');
  const answer = await readJobs({ target, clusterId }, context);
  if (context.json) {
    context.printJson({ ...answer, jobs: selectJobs(answer.jobs, shown) });
    return;
  }
  if (answer.reachable !== 'True') {
    const why = answer.reachable === 'False' ? 'is over' : 'does not answer now';
    context.printNotice(`Cluster ${clusterId} ${why}: this is how it was seen last.`);
  }
  formatJobList(answer.jobs, shown).forEach(context.print);
};

const listTarget = async (target: string, shown: JobFilter, context: Context): Promise<void> => {
  const { clusterStates } = await import('#events/cluster.ts');
  const filter = shown.all === true ? { state: clusterStates.join(',') } : {};
  const clusters = (await readClustersWithJobs(target, context, filter)).map((one) => ({
    ...one,
    jobs: selectJobs(one.jobs, shown),
  }));
  if (context.json) context.printJson({ clusters });
  else if (clusters.length === 0)
    context.print(`There is no ${shown.all === true ? '' : 'live '}cluster in target ${target}.`);
  else
    context.print(
      await renderTable(
        ['CLUSTER / JOB', 'STATE', 'SINCE', 'IMAGE / NAME'],
        clusters.flatMap((one) => toRows(one, context)),
      ),
    );
};

const toRows = ({ cluster, jobs, reachable }: ClusterWithJobs, { io }: Context): readonly Row[] => [
  [
    cluster.clusterId,
    `${paintState(cluster.state, io.stdout)}${cluster.state === 'RUNNING' && reachable !== 'True' ? ' (does not answer)' : ''}`,
    formatTime(cluster.createdAt),
    cluster.image,
  ],
  ...jobs.map((job): Row => [`  ${job.jobId}`, paintState(job.state, io.stdout), formatTime(job.startTime), job.name]),
];
