import { Cluster } from '#events/records/cluster.ts';
import { Job } from '#events/records/job.ts';
import { Revisions, RevisionWithSpec } from '#events/records/revisions.ts';
import { Snapshot, Snapshots } from '#events/records/snapshots.ts';

import type { Call } from './call.ts';
import { FlinkFile } from './flink-file.ts';
import { PageQuery } from './paging.ts';
import { JobPlan, JobPlanRequest } from './plans.ts';
import { ClusterQuery, Clusters, EventQuery, Jobs, KeptLogsList, LogQuery, Logs, Transitions } from './queries.ts';

/** The calls about clusters and their jobs that are not commands, by route. */
export const clusterCalls = {
  'GET /v1/targets/{target}/clusters': {
    function: 'clusters',
    summary: 'List the clusters of a target.',
    query: ClusterQuery,
    answer: Clusters,
    status: 200,
  },
  'GET /v1/targets/{target}/clusters/{clusterId}': {
    function: 'cluster',
    summary: 'Get a cluster.',
    answer: Cluster,
    status: 200,
  },
  'GET /v1/targets/{target}/clusters/{clusterId}/events': {
    function: 'cluster',
    summary: 'List the transitions of a cluster and its jobs, in order.',
    query: EventQuery,
    answer: Transitions,
    status: 200,
  },
  'GET /v1/targets/{target}/clusters/{clusterId}/revisions': {
    function: 'revisions',
    summary: 'List the last 20 revisions of a cluster ID, newest first.',
    query: PageQuery,
    answer: Revisions,
    status: 200,
  },
  'GET /v1/targets/{target}/clusters/{clusterId}/revisions/{revision}': {
    function: 'revisions',
    summary: 'Get a revision of a cluster ID with its spec.',
    answer: RevisionWithSpec,
    status: 200,
  },
  'GET /v1/targets/{target}/clusters/{clusterId}/snapshots': {
    function: 'revisions',
    summary: 'List the savepoints and checkpoints that were taken of a cluster ID, newest first.',
    query: PageQuery,
    answer: Snapshots,
    status: 200,
  },
  'GET /v1/targets/{target}/clusters/{clusterId}/snapshots/{snapshotId}': {
    function: 'revisions',
    summary: 'Get a savepoint or checkpoint of a cluster ID.',
    answer: Snapshot,
    status: 200,
  },
  'GET /v1/targets/{target}/clusters/{clusterId}/logs': {
    function: 'jobs',
    summary: 'Get the last lines of a log, or the kept ones of a cluster that has ended.',
    query: LogQuery,
    answer: Logs,
    status: 200,
  },
  'GET /v1/targets/{target}/clusters/{clusterId}/kept-logs': {
    function: 'jobs',
    summary: 'List the logs and other files that are kept of the last 20 incarnations of a cluster ID.',
    query: PageQuery,
    answer: KeptLogsList,
    status: 200,
  },
  'GET /v1/targets/{target}/clusters/{clusterId}/jobs': {
    function: 'jobs',
    summary: 'List the jobs of a cluster (`flink list`).',
    query: PageQuery,
    answer: Jobs,
    status: 200,
  },
  'POST /v1/targets/{target}/clusters/{clusterId}/job-plans': {
    function: 'jobPlan',
    summary: 'Compute the job plan of a program on a session, without starting it (`flink info`).',
    body: JobPlanRequest,
    answer: JobPlan,
    status: 200,
  },
  'GET /v1/targets/{target}/clusters/{clusterId}/flink/{proxy+}': {
    function: 'jobs',
    summary: "Get a file of Flink's web UI, or what the UI reads of Flink's REST API.",
    answer: FlinkFile,
    mediaType: '*/*',
    status: 200,
  },
  'GET /v1/targets/{target}/clusters/{clusterId}/jobs/{jobId}': {
    function: 'jobs',
    summary: 'Get a job.',
    answer: Job,
    status: 200,
  },
} as const satisfies Record<string, Call>;
