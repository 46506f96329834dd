import { Deletion } from '#events/records/schedules.ts';
import { Target } from '#events/records/target.ts';

import type { Call } from './call.ts';
import { PageQuery } from './paging.ts';
import { NamedTarget, Targets } from './queries.ts';
import { TargetCheck } from './target-check.ts';

/** The calls that create, read, check and delete targets, by route. */
export const targetCalls = {
  'GET /v1/targets': {
    function: 'targets',
    summary: 'List the targets.',
    query: PageQuery,
    answer: Targets,
    status: 200,
  },
  'PUT /v1/targets/{target}': {
    function: 'targets',
    summary: 'Create or update a target.',
    body: Target,
    answer: NamedTarget,
    status: 200,
  },
  'DELETE /v1/targets/{target}': {
    function: 'targets',
    summary: 'Delete a target that is not in use. Its history is kept.',
    answer: Deletion,
    status: 200,
  },
  'GET /v1/targets/{target}/check': {
    function: 'targets',
    summary: 'Check the access to a target: roles, permissions and protection of its namespace.',
    answer: TargetCheck,
    status: 200,
  },
} as const satisfies Record<string, Call>;
