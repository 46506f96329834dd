import * as z from 'zod';

import { deploy } from '#events/commands/deploy.ts';
import { flinkVersions } from '#events/flink-version.ts';
import { recordPage } from '#events/http/paging.ts';
import { Principal } from '#events/principal.ts';
import { Problem } from '#events/problems/problem.ts';

import { Time } from './time.ts';

/** The number of a revision in the path of a request. */
export const RevisionNumber = z
  .string()
  .regex(/^[1-9]\d{0,8}$/, 'The number of a revision is a positive number.')
  .meta({ description: 'Number of a revision of the cluster ID.', example: '3' });

/** The body of a deploy without the members that belong to the one command: its place in the queue, and who waits for it. */
export const RevisionSpec = deploy.data
  .omit({ priority: true, deadline: true, dependsOn: true, correlationId: true, taskToken: true })
  .meta({ id: 'RevisionSpec' });
export type RevisionSpec = z.output<typeof RevisionSpec>;

/** What a revision was made by. */
export const RevisionOrigin = z.enum([
  'deploy',
  'apply',
  'in-place',
  'rollback',
  'restart',
  'resume',
  'automatic-rollback',
]);
export type RevisionOrigin = z.output<typeof RevisionOrigin>;

/** A revision as the table stores it. Its outcome follows from its operation. */
export const StoredRevision = z.strictObject({
  target: z.string(),
  clusterId: z.string(),
  number: z.int().min(1).meta({
    description: 'The first recorded deploy of a cluster ID in a target has number 1, and each further one the next.',
  }),
  createdAt: Time,
  principal: Principal,
  operationId: z.string().meta({ description: 'The deploy operation. Of a change in place: its apply.' }),
  mode: z.enum(['session', 'application']),
  digest: z.string().meta({
    description:
      'SHA-256 of the spec without the cluster ID, `restore` and members with their default. Revisions with the same digest run the same.',
  }),
  image: z.string(),
  imageDigest: z
    .string()
    .optional()
    .meta({
      description:
        'SHA-256 of the image that the JobManager ran, as Kubernetes reported it when the cluster became RUNNING. It also tells the content of a jar in the image (`local://`).',
      example: `sha256:${'0123456789abcdef'.repeat(4)}`,
    }),
  flinkVersion: z.enum(flinkVersions),
  jar: z.string().optional().meta({ description: 'Of an application with a jar: its URI.' }),
  restoredFrom: z.string().optional().meta({
    description: 'Path of the savepoint or checkpoint that the application started from, if the deploy named one.',
  }),
  madeBy: RevisionOrigin.optional().meta({
    description:
      'in-place: an apply that restarted nothing. automatic-rollback: a rollout whose revision was not stable. Absent in records of older versions.',
  }),
  specOf: z.int().min(1).optional().meta({
    description: 'Of a rollback, restart and resume: number of the revision whose spec it has.',
  }),
  rolloutOperationId: z
    .string()
    .optional()
    .meta({ description: 'The rollout that deployed the revision, or changed the cluster in place.' }),
  unstable: Problem.optional().meta({
    description: 'Why a rollout found the revision not stable although the cluster became RUNNING.',
  }),
});
export type StoredRevision = Readonly<z.output<typeof StoredRevision>>;

/** What became of a revision. */
export const RevisionOutcome = z.enum(['pending', 'stable', 'failed', 'superseded']);
export type RevisionOutcome = z.output<typeof RevisionOutcome>;

export const Revision = StoredRevision.extend({
  outcome: RevisionOutcome.meta({
    description:
      'pending: the deploy has not ended. stable: the cluster became RUNNING or was changed in place, also if it has ended since, and no rollout found it unstable. failed: the deploy failed, or a rollout found the revision unstable. superseded: the deploy was canceled, or a stop ended it, before the cluster was RUNNING.',
  }),
  problem: Problem.optional().meta({ description: 'Why the revision failed or was superseded.' }),
}).meta({ id: 'Revision' });
export type Revision = Readonly<z.output<typeof Revision>>;

export const Revisions = z.strictObject({ revisions: z.array(Revision), ...recordPage }).meta({ id: 'Revisions' });

export const RevisionWithSpec = Revision.extend({
  deploy: z.record(z.string(), z.unknown()).meta({
    description:
      'The RevisionSpec with its defaults: the body of a deploy that makes the revision again. `******` stands for what may be a secret.',
  }),
}).meta({ id: 'RevisionWithSpec' });
export type RevisionWithSpec = Readonly<z.output<typeof RevisionWithSpec>>;
