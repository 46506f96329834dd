import { defineCommand } from '#cli/commander/command.ts';
import { type ClusterWithJobs, readClustersWithJobs, readJobs } from '#cli/flows/jobs.ts';
import { clusterIdAskedFor } from '#cli/input/configuration-folder.ts';
import { listLines, type Shown, shownJobs } from '#cli/output/flink-lines.ts';
import { localTime } from '#cli/output/local-time.ts';
import { type Row, paintState, tableOf } from '#cli/output/table.ts';

import type { Context } from '../context.ts';

export const list = defineCommand<Shown>({
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
    const clusterId = await clusterIdAskedFor(context);
    await (clusterId === undefined
      ? listTarget(target, shown, context)
      : listCluster(target, clusterId, shown, context));
  },
});

const listCluster = async (target: string, clusterId: string, shown: Shown, context: Context): Promise<void> => {
  if (!context.json) context.print('Waiting for response...');
  const answer = await readJobs({ target, clusterId }, context);
  if (context.json) {
    context.printJson({ ...answer, jobs: shownJobs(answer.jobs, shown) });
    return;
  }
  if (answer.reachable !== 'True') {
    const why = answer.reachable === 'False' ? 'is over' : 'does not answer now';
    context.note(`Cluster ${clusterId} ${why}: this is how it was seen last.`);
  }
  listLines(answer.jobs, shown).forEach(context.print);
};

const listTarget = async (target: string, shown: Shown, context: Context): Promise<void> => {
  const { clusterStates } = await import('#events/cluster.ts');
  const filter = shown.all === true ? { state: clusterStates.join(',') } : {};
  const clusters = (await readClustersWithJobs(target, context, filter)).map((one) => ({
    ...one,
    jobs: shownJobs(one.jobs, shown),
  }));
  if (context.json) context.printJson({ clusters });
  else if (clusters.length === 0)
    context.print(`There is no ${shown.all === true ? '' : 'live '}cluster in target ${target}.`);
  else
    context.print(
      await tableOf(
        ['CLUSTER / JOB', 'STATE', 'SINCE', 'IMAGE / NAME'],
        clusters.flatMap((one) => rowsOf(one, context)),
      ),
    );
};

const rowsOf = ({ cluster, jobs, reachable }: ClusterWithJobs, { io }: Context): readonly Row[] => [
  [
    cluster.clusterId,
    `${paintState(cluster.state, io.stdout)}${cluster.state === 'RUNNING' && reachable !== 'True' ? ' (does not answer)' : ''}`,
    localTime(cluster.createdAt),
    cluster.image,
  ],
  ...jobs.map((job): Row => [`  ${job.jobId}`, paintState(job.state, io.stdout), localTime(job.startTime), job.name]),
];
