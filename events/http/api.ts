import * as z from 'zod';

import { Cluster } from '../cluster.ts';
import type { CommandDefinition } from '../commands/define.ts';
import { type CommandKind, commands } from '../commands/index.ts';
import { Job } from '../job.ts';
import { ClusterId, JobId, OperationId, TargetName } from '../names.ts';
import { Operation } from '../operation.ts';
import { Removed, RunQuery, Schedule, ScheduleBody, ScheduleRuns, Schedules } from '../schedules.ts';
import { Spec, SpecBody, SpecName, Specs } from '../specs.ts';
import { Target } from '../target.ts';
import { Accepted } from './accepted.ts';
import { DeadLetters, Redrive } from './dead-letters.ts';
import { JobPlan, JobPlanRequest, Plan } from './plans.ts';
import {
  BatchItems,
  ClusterQuery,
  Clusters,
  EventQuery,
  Health,
  Jobs,
  LogQuery,
  Logs,
  NamedTarget,
  OrphanRemoval,
  Orphans,
  Targets,
  Transitions,
} from './queries.ts';
import { Canceled, PriorityChange, QueueControl, QueueView } from './queue.ts';
import { Upload, UploadRequest } from './uploads.ts';

interface Call {
  /** The function that answers it. */
  readonly function: string;
  readonly summary: string;
  readonly query?: z.ZodObject;
  readonly body?: z.ZodType;
  readonly answer: z.ZodType;
  readonly status: number;
  /** Anybody may call it. */
  readonly open?: true;
}

/** Every call that is not a command, by its route. */
const reads = {
  'GET /v1/targets': { function: 'targets', summary: 'The targets.', answer: Targets, status: 200 },
  'PUT /v1/targets/{target}': {
    function: 'targets',
    summary: 'Make or change a target.',
    body: Target,
    answer: NamedTarget,
    status: 200,
  },
  'DELETE /v1/targets/{target}': {
    function: 'targets',
    summary: 'Forget a target on which there is nothing any more. What happened there stays on record.',
    answer: Removed,
    status: 200,
  },
  'POST /v1/targets/{target}/uploads': {
    function: 'uploads',
    summary: 'An address to upload a jar to.',
    body: UploadRequest,
    answer: Upload,
    status: 201,
  },
  'POST /v1/targets/{target}/plans': {
    function: 'plan',
    summary: 'What a deploy would create; nothing is done.',
    body: commands.deploy.data,
    answer: Plan,
    status: 200,
  },
  'GET /v1/targets/{target}/specs': {
    function: 'specs',
    summary: 'The stored specs of a target, without what is in them.',
    answer: Specs,
    status: 200,
  },
  'GET /v1/targets/{target}/specs/{name}': {
    function: 'specs',
    summary: 'One of them.',
    answer: Spec,
    status: 200,
  },
  'PUT /v1/targets/{target}/specs/{name}': {
    function: 'specs',
    summary: 'Store a deploy under a name.',
    body: SpecBody,
    answer: Spec,
    status: 200,
  },
  'DELETE /v1/targets/{target}/specs/{name}': {
    function: 'specs',
    summary: 'Remove it. What was deployed from it stays. Refused while schedules deploy it.',
    answer: Removed,
    status: 200,
  },
  'GET /v1/targets/{target}/schedules': {
    function: 'schedules',
    summary: 'The schedules of a target.',
    answer: Schedules,
    status: 200,
  },
  'GET /v1/targets/{target}/schedules/{name}': {
    function: 'schedules',
    summary: 'One of them.',
    answer: Schedule,
    status: 200,
  },
  'PUT /v1/targets/{target}/schedules/{name}': {
    function: 'schedules',
    summary: 'Stop clusters, or deploy a stored spec, again and again.',
    body: ScheduleBody,
    answer: Schedule,
    status: 200,
  },
  'DELETE /v1/targets/{target}/schedules/{name}': {
    function: 'schedules',
    summary: 'Remove it. Its runs can still be listed.',
    answer: Removed,
    status: 200,
  },
  'GET /v1/targets/{target}/schedules/{name}/runs': {
    function: 'schedules',
    summary: 'What it did, when, to which clusters, with what result; newest first.',
    query: RunQuery,
    answer: ScheduleRuns,
    status: 200,
  },
  'GET /v1/targets/{target}/orphans': {
    function: 'orphans',
    summary: 'Objects of Flink clusters that no record accounts for.',
    answer: Orphans,
    status: 200,
  },
  'POST /v1/targets/{target}/orphans/removal': {
    function: 'orphans',
    summary: 'Remove some of them.',
    body: OrphanRemoval,
    answer: Orphans,
    status: 200,
  },
  'GET /v1/targets/{target}/clusters': {
    function: 'clusters',
    summary: 'The clusters of a target.',
    query: ClusterQuery,
    answer: Clusters,
    status: 200,
  },
  'GET /v1/targets/{target}/clusters/{clusterId}': {
    function: 'cluster',
    summary: 'One cluster.',
    answer: Cluster,
    status: 200,
  },
  'GET /v1/targets/{target}/clusters/{clusterId}/events': {
    function: 'cluster',
    summary: 'Its transitions in order.',
    query: EventQuery,
    answer: Transitions,
    status: 200,
  },
  'GET /v1/targets/{target}/clusters/{clusterId}/logs': {
    function: 'jobs',
    summary: "The last lines of its JobManager's log.",
    query: LogQuery,
    answer: Logs,
    status: 200,
  },
  'GET /v1/targets/{target}/clusters/{clusterId}/jobs': {
    function: 'jobs',
    summary: 'Its jobs (`flink list`).',
    answer: Jobs,
    status: 200,
  },
  'POST /v1/targets/{target}/clusters/{clusterId}/job-plans': {
    function: 'jobPlan',
    summary: 'The plan of a program, made by a session; nothing is started (`flink info`).',
    body: JobPlanRequest,
    answer: JobPlan,
    status: 200,
  },
  'GET /v1/targets/{target}/clusters/{clusterId}/jobs/{jobId}': {
    function: 'jobs',
    summary: 'One job.',
    answer: Job,
    status: 200,
  },
  'GET /v1/operations/{operationId}': {
    function: 'operation',
    summary: 'How far a command got.',
    answer: Operation,
    status: 200,
  },
  'GET /v1/operations/{operationId}/items': {
    function: 'operation',
    summary: 'What became of the rows of a batch.',
    answer: BatchItems,
    status: 200,
  },
  'GET /v1/targets/{target}/queue': {
    function: 'queueView',
    summary: 'Who waits for the target, for what, and how much of it is taken.',
    answer: QueueView,
    status: 200,
  },
  'PUT /v1/targets/{target}/queue': {
    function: 'queueView',
    summary: 'Pause the starts on a target, or take them up again.',
    body: QueueControl,
    answer: QueueView,
    status: 200,
  },
  'PUT /v1/targets/{target}/queue/{operationId}': {
    function: 'queueView',
    summary: 'Move a command that waits.',
    body: PriorityChange,
    answer: Operation,
    status: 200,
  },
  'POST /v1/targets/{target}/queue/{operationId}/cancel': {
    function: 'queueView',
    summary: 'Take back a command that waits; of a batch, all that do.',
    answer: Canceled,
    status: 200,
  },
  'GET /v1/dead-letters': {
    function: 'deadLetters',
    summary: 'Commands of the queue whose last try failed, with why.',
    answer: DeadLetters,
    status: 200,
  },
  'POST /v1/dead-letters/redrive': {
    function: 'deadLetters',
    summary: 'Bring some or all of them back to the queue.',
    body: Redrive,
    answer: DeadLetters,
    status: 200,
  },
  'GET /openapi.json': {
    function: 'openapi',
    summary: 'This description.',
    answer: z.looseObject({}),
    status: 200,
    open: true,
  },
  'GET /health': { function: 'openapi', summary: 'Whether the API answers.', answer: Health, status: 200, open: true },
} as const satisfies Record<string, Call>;

const commandCalls = Object.fromEntries(
  Object.values<CommandDefinition>(commands).map(({ function: name, route, summary, data }) => [
    route,
    { function: name, summary, body: bodyOf(data, route), answer: Accepted, status: 202 } satisfies Call,
  ]),
);

/** The Lambda functions that answer calls of the HTTP API. */
export type ApiFunction = (typeof commands)[CommandKind]['function'] | (typeof reads)[keyof typeof reads]['function'];

/** Every call of the HTTP API by its route. OpenAPI and the routes of the functions are generated from it. */
export const calls: Readonly<Record<string, Call>> = { ...commandCalls, ...reads };

export const pathParameters = {
  target: TargetName,
  clusterId: ClusterId,
  jobId: JobId,
  operationId: OperationId,
  name: SpecName,
} as const;

/** The data of a command without what its path says already. */
function bodyOf(data: z.ZodObject, route: string): z.ZodObject {
  const inPath = [...route.matchAll(/\{(\w+)\}/g)]
    .map(([, name]) => name)
    .filter((name) => name !== undefined && name in data.shape);
  return inPath.length === 0
    ? data
    : z.strictObject(Object.fromEntries(Object.entries(data.shape).filter(([name]) => !inPath.includes(name))));
}
