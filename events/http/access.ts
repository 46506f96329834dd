import { commands } from '../commands/index.ts';
import type { otherCalls } from './api.ts';

export const verbs = ['read', 'deploy', 'admin'] as const;

/** What a caller may do with a target. Each verb includes those before it. */
export type Verb = (typeof verbs)[number];

/** The verb that a route needs. An open route needs no caller. */
export type Access = Verb | 'open';

const accessToOthers = {
  'GET /v1/targets': 'read',
  'PUT /v1/targets/{target}': 'admin',
  'DELETE /v1/targets/{target}': 'admin',
  'GET /v1/targets/{target}/check': 'read',
  'POST /v1/targets/{target}/uploads': 'deploy',
  'POST /v1/targets/{target}/plans': 'deploy',
  'GET /v1/targets/{target}/specs': 'read',
  'GET /v1/targets/{target}/specs/{name}': 'deploy', // The values in a spec may be secrets.
  'PUT /v1/targets/{target}/specs/{name}': 'deploy',
  'DELETE /v1/targets/{target}/specs/{name}': 'deploy',
  'GET /v1/targets/{target}/schedules': 'read',
  'GET /v1/targets/{target}/schedules/{name}': 'read',
  'PUT /v1/targets/{target}/schedules/{name}': 'deploy',
  'DELETE /v1/targets/{target}/schedules/{name}': 'deploy',
  'GET /v1/targets/{target}/schedules/{name}/runs': 'read',
  'GET /v1/targets/{target}/orphans': 'read',
  'POST /v1/targets/{target}/orphans/removal': 'admin',
  'GET /v1/targets/{target}/clusters': 'read',
  'GET /v1/targets/{target}/clusters/{clusterId}': 'read',
  'GET /v1/targets/{target}/clusters/{clusterId}/events': 'read',
  'GET /v1/targets/{target}/clusters/{clusterId}/revisions': 'read',
  'GET /v1/targets/{target}/clusters/{clusterId}/revisions/{revision}': 'read', // Its spec has no secrets.
  'GET /v1/targets/{target}/clusters/{clusterId}/snapshots': 'read',
  'GET /v1/targets/{target}/clusters/{clusterId}/snapshots/{snapshotId}': 'read',
  'GET /v1/targets/{target}/clusters/{clusterId}/logs': 'read',
  'GET /v1/targets/{target}/clusters/{clusterId}/kept-logs': 'read',
  'GET /v1/targets/{target}/clusters/{clusterId}/jobs': 'read',
  'GET /v1/targets/{target}/clusters/{clusterId}/flink/{proxy+}': 'read', // It passes reads only, without secrets.
  'POST /v1/targets/{target}/clusters/{clusterId}/job-plans': 'deploy', // It runs main() of a program.
  'GET /v1/targets/{target}/clusters/{clusterId}/jobs/{jobId}': 'read',
  'GET /v1/targets/{target}/operations/{operationId}': 'read',
  'GET /v1/targets/{target}/operations/{operationId}/items': 'read',
  'GET /v1/targets/{target}/queue': 'read',
  'PUT /v1/targets/{target}/queue': 'admin',
  'PUT /v1/targets/{target}/queue/{operationId}': 'admin',
  'POST /v1/targets/{target}/queue/{operationId}/cancel': 'deploy',
  'GET /v1/dead-letters': 'admin',
  'POST /v1/dead-letters/redrive': 'admin',
  'GET /openapi.json': 'open',
  'GET /health': 'open',
} as const satisfies Record<keyof typeof otherCalls, Access>;

const accessToCommands = Object.fromEntries(Object.values(commands).map(({ route }) => [route, 'deploy' as const]));

/** The verb that each route of the HTTP API needs. */
export const access: Readonly<Record<string, Access>> = { ...accessToCommands, ...accessToOthers };

/** The routes that need no caller. */
export const openRoutes: readonly string[] = Object.keys(access).filter((route) => access[route] === 'open');
