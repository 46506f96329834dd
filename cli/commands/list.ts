import { defineCommand } from '#cli/commander/command.ts';
import { noticeUnreadable, readCluster } from '#cli/flows/clusters.ts';
import { type ClusterWithJobs, readClustersWithJobs, readJobs } from '#cli/flows/jobs.ts';
import { resolveClusterId } from '#cli/input/configuration-folder.ts';
import { UsageError } from '#cli/options/usage-error.ts';
import { formatJobList, type JobFilter, selectJobs } from '#cli/output/flink-lines.ts';
import { formatTime } from '#cli/output/local-time.ts';
import { loadTable, paintState, renderTable, type Row } from '#cli/output/table.ts';
import { clusterStates, isPendingCluster, isTerminalCluster } from '#events/records/cluster-states.ts';
import type { ClusterRef } from '#events/names.ts';

import type { Context } from '../context.ts';

interface Options extends JobFilter {
  readonly label?: string;
}

export const list = defineCommand<Options>({
  options: {
    '-r, --running': 'list running jobs only',
    '-s, --scheduled': 'list scheduled jobs only',
    '-a, --all': 'list terminal jobs and clusters as well',
    '--label <key=value>': 'list clusters with these labels, separated by commas',
  },
  examples: {
    'drey list --target kubernetes-session -Dkubernetes.cluster-id=my-first-flink-cluster':
      'list the jobs of a cluster in the format of Flink',
    'drey list': 'list the live clusters of the target and their jobs',
    'drey list --label team=etl': 'list the clusters of a team and their jobs',
    'drey list --output json': 'list them as JSON',
  },
  run: async (context, _operands, filter) => {
    const target = await context.target();
    const clusterId = await resolveClusterId(context);
    if (clusterId !== undefined && filter.label !== undefined)
      throw new UsageError(`--label selects clusters, and cluster ${clusterId} is given. Remove one of the two.`);
    await (clusterId === undefined
      ? listTarget(target, filter, context)
      : listCluster(target, clusterId, filter, context));
  },
});

const listCluster = async (target: string, clusterId: string, filter: JobFilter, context: Context): Promise<void> => {
  if (!context.json) context.print('Waiting for response...');
  const answer = await readJobs({ target, clusterId }, context);
  if (context.json) {
    context.printJson({ ...answer, jobs: selectJobs(answer.jobs, filter) });
    return;
  }
  if (answer.reachable !== 'True') context.printNotice(await describeUnreachable({ target, clusterId }, context));
  formatJobList(answer.jobs, filter).forEach(context.print);
};

const describeUnreachable = async (clusterRef: ClusterRef, context: Context): Promise<string> => {
  const cluster = await readCluster(clusterRef, context);
  const { clusterId, state } = cluster;
  if (isPendingCluster(cluster))
    return `Cluster ${clusterId} is ${state}. \`drey queue list\` shows the jobs that wait for it.`;
  const failure = isTerminalCluster(cluster) ? `is ${state}` : 'does not answer';
  return `Cluster ${clusterId} ${failure}. The list is its last known state.`;
};

const listTarget = async (target: string, filter: Options, context: Context): Promise<void> => {
  const clusterFilter = { state: filter.all === true ? clusterStates.join(',') : undefined, label: filter.label };
  const reading = readClustersWithJobs(target, context, clusterFilter);
  const [{ unreadable, ...found }] = await Promise.all([reading, context.json ? undefined : loadTable()]);
  const clusters = found.clusters.map((one) => ({ ...one, jobs: selectJobs(one.jobs, filter) }));
  noticeUnreadable(target, { unreadable }, context);
  if (context.json) context.printJson({ clusters, unreadable });
  else if (clusters.length === 0)
    context.print(
      `Target ${target} has no ${filter.all === true ? '' : 'live '}cluster${filter.label === undefined ? '' : ` with label ${filter.label}`}.`,
    );
  else
    context.print(
      await renderTable(
        ['CLUSTER / JOB', 'STATE', 'CREATED', 'IMAGE / NAME'],
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
