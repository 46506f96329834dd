import * as z from 'zod';

import type { CommandFunction } from '../commands/index.ts';
import { Operation } from '#events/records/operation.ts';
import { Deletion, RunQuery, Schedule, ScheduleBody, ScheduleRuns, Schedules } from '#events/records/schedules.ts';
import { Spec, SpecBody, Specs } from '#events/records/specs.ts';
import type { Call } from './call.ts';
import { commandCalls } from './command-calls.ts';
import { clusterCalls } from './cluster-calls.ts';
import { DeadLetters, Redrive } from './dead-letters.ts';
import { PageQuery } from './paging.ts';
import { Plan, PlanRequest } from './plans.ts';
import { BatchItems, Health, OrphanRemoval, Orphans } from './queries.ts';
import { Cancellation, PriorityChange, QueueControl, QueueView } from './queue.ts';
import { targetCalls } from './target-calls.ts';
import { Upload, UploadRequest } from './uploads.ts';

/** Every call that is not a command, by route. */
export const otherCalls = {
  ...targetCalls,
  ...clusterCalls,
  'POST /v1/targets/{target}/uploads': {
    function: 'uploads',
    summary: 'Create a presigned URL for the upload of a file.',
    body: UploadRequest,
    answer: Upload,
    status: 201,
  },
  'POST /v1/targets/{target}/plans': {
    function: 'plan',
    summary: 'Show what a deploy would create, and what an apply would change, without doing it.',
    body: PlanRequest,
    answer: Plan,
    status: 200,
  },
  'GET /v1/targets/{target}/specs': {
    function: 'specs',
    summary: 'List the stored specs of a target, without their content.',
    query: PageQuery,
    answer: Specs,
    status: 200,
  },
  'GET /v1/targets/{target}/specs/{name}': {
    function: 'specs',
    summary: 'Get a stored spec.',
    answer: Spec,
    status: 200,
  },
  'PUT /v1/targets/{target}/specs/{name}': {
    function: 'specs',
    summary: 'Store the body of a deploy under a name.',
    body: SpecBody,
    answer: Spec,
    status: 200,
  },
  'DELETE /v1/targets/{target}/specs/{name}': {
    function: 'specs',
    summary: 'Delete a stored spec that no schedule uses. Clusters that were deployed from it keep running.',
    answer: Deletion,
    status: 200,
  },
  'GET /v1/targets/{target}/schedules': {
    function: 'schedules',
    summary: 'List the schedules of a target.',
    query: PageQuery,
    answer: Schedules,
    status: 200,
  },
  'GET /v1/targets/{target}/schedules/{name}': {
    function: 'schedules',
    summary: 'Get a schedule.',
    answer: Schedule,
    status: 200,
  },
  'PUT /v1/targets/{target}/schedules/{name}': {
    function: 'schedules',
    summary: 'Create or update a schedule that stops clusters or deploys a stored spec.',
    body: ScheduleBody,
    answer: Schedule,
    status: 200,
  },
  'DELETE /v1/targets/{target}/schedules/{name}': {
    function: 'schedules',
    summary: 'Delete a schedule. Its runs are kept.',
    answer: Deletion,
    status: 200,
  },
  'GET /v1/targets/{target}/schedules/{name}/runs': {
    function: 'schedules',
    summary: 'List the runs of a schedule with the result for each cluster, newest first.',
    query: RunQuery,
    answer: ScheduleRuns,
    status: 200,
  },
  'GET /v1/targets/{target}/orphans': {
    function: 'orphans',
    summary: 'List objects of Flink clusters that belong to no cluster of Drey.',
    query: PageQuery,
    answer: Orphans,
    status: 200,
  },
  'POST /v1/targets/{target}/orphans/removal': {
    function: 'orphans',
    summary: 'Delete orphans.',
    body: OrphanRemoval,
    answer: Orphans,
    status: 200,
  },
  'GET /v1/targets/{target}/operations/{operationId}': {
    function: 'operation',
    summary: 'Get the status of an operation.',
    answer: Operation,
    status: 200,
  },
  'GET /v1/targets/{target}/operations/{operationId}/items': {
    function: 'operation',
    summary: 'List the items of a batch with their verdicts.',
    query: PageQuery,
    answer: BatchItems,
    status: 200,
  },
  'GET /v1/targets/{target}/queue': {
    function: 'queueView',
    summary: 'Show the admission queue of a target: queued commands, usage and limits.',
    query: PageQuery,
    answer: QueueView,
    status: 200,
  },
  'PUT /v1/targets/{target}/queue': {
    function: 'queueView',
    summary: 'Pause or resume the admission queue of a target.',
    body: QueueControl,
    answer: QueueView,
    status: 200,
  },
  'PUT /v1/targets/{target}/queue/{operationId}': {
    function: 'queueView',
    summary: 'Change the priority of a queued command.',
    body: PriorityChange,
    answer: Operation,
    status: 200,
  },
  'POST /v1/targets/{target}/queue/{operationId}/cancel': {
    function: 'queueView',
    summary: 'Cancel a queued command, or every queued command of a batch.',
    answer: Cancellation,
    status: 200,
  },
  'GET /v1/dead-letters': {
    function: 'deadLetters',
    summary: 'List the dead letters of the command queue with the reason of each.',
    answer: DeadLetters,
    status: 200,
  },
  'POST /v1/dead-letters/redrive': {
    function: 'deadLetters',
    summary: 'Redrive dead letters to the command queue.',
    body: Redrive,
    answer: DeadLetters,
    status: 200,
  },
  'GET /openapi.json': {
    function: 'openapi',
    summary: 'Get the OpenAPI description.',
    answer: z.looseObject({}),
    status: 200,
  },
  'GET /health': {
    function: 'openapi',
    summary: 'Check that the API responds.',
    answer: Health,
    status: 200,
  },
} as const satisfies Record<string, Call>;

/** The Lambda functions that answer calls of the HTTP API. */
export type ApiFunction = CommandFunction | (typeof otherCalls)[keyof typeof otherCalls]['function'];

/** Every call of the HTTP API by its route. OpenAPI and the routes of the functions are generated from it. */
export const calls: Readonly<Record<string, Call>> = { ...commandCalls, ...otherCalls };
