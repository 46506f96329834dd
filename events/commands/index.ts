import type * as z from 'zod';

import type { ClusterLifetime } from '../lifetime.ts';
import type { RestoreOptions } from '../programs/program.ts';
import type { Principal } from '../principal.ts';
import type { RevisionOrigin } from '../records/revisions.ts';
import type { RolloutKind, Snapshot } from '../records/rollout.ts';
import { applyJob } from './apply-job.ts';
import { batch } from './batch.ts';
import { cancel } from './cancel.ts';
import { deploy } from './deploy.ts';
import { extend } from './extend.ts';
import { apply, restart, resume, rollback, suspend } from './rollouts.ts';
import { rescale } from './rescale.ts';
import { checkpoint, disposeSavepoint, disposeSnapshot, savepoint, stopJob } from './savepoints.ts';
import { stop } from './stop.ts';
import { submit } from './submit.ts';

/** Every command. HTTP routes, the parser of the command queue, OpenAPI and JSON Schema derive from it. */
export const commands = {
  deploy,
  submit,
  cancel,
  stop,
  extend,
  batch,
  savepoint,
  checkpoint,
  'stop-job': stopJob,
  'dispose-savepoint': disposeSavepoint,
  apply,
  rollback,
  restart,
  suspend,
  resume,
  'dispose-snapshot': disposeSnapshot,
  rescale,
  'apply-job': applyJob,
} as const;

export type { JobRolloutOptions } from './apply-job.ts';
export type { RolloutOptions } from './rollouts.ts';
export type { ExtendData } from './extend.ts';
export type { StopData } from './stop.ts';
export type { SubmitData } from './submit.ts';

export type CommandKind = keyof typeof commands;
export const commandKinds = Object.keys(commands) as [CommandKind, ...CommandKind[]]; // The keys of a non-empty literal.
/** The Lambda functions that accept commands. */
export type CommandFunction = (typeof commands)[CommandKind]['function'];
export type CommandData<K extends CommandKind> = z.output<(typeof commands)[K]['data']>;

/** How a command arrived. */
export type Origin = 'http' | 'queue' | 'schedule' | 'reconciler';

/** The incarnation of a cluster, and the version of its lifetime, that a stop or a rescale was decided for. */
export interface ExpectedCluster {
  readonly operationId: string;
  readonly version?: number | undefined;
  /** Start of the idle span. */
  readonly idleSince?: string | undefined;
}

/** The state from which a rollout starts an incarnation. It replaces the `restore` of the spec. */
export interface RolloutRestore extends RestoreOptions {
  /** Of an application: the path of its snapshot. */
  readonly path?: string | undefined;
  /** Of a session: the deploy of the incarnation whose jobs start again. */
  readonly fromOperationId?: string | undefined;
  /** Of a session: a job without a savepoint starts without state. */
  readonly allowEmptyState?: boolean | undefined;
}

/** What a command does for the rollout that gives it. Only the state machine of the rollout gives such commands. */
export interface RolloutStep {
  /** The operation of the rollout. */
  readonly operationId: string;
  readonly kind: RolloutKind;
  /** Of a stop: the state of the cluster after it. */
  readonly end?: 'UPGRADING' | 'SUSPENDED' | undefined;
  /** Of a stop: without a snapshot of the application the rollout cannot go on. */
  readonly requiresSnapshot?: true | undefined;
  /** Of a stop: the jobs end without a savepoint, and the next incarnation starts from their last checkpoints. */
  readonly lastState?: true | undefined;
  /** Of a stop with savepoints: when they fail, the rollout has another source of state, so that it does not wait for long. */
  readonly hasFallback?: true | undefined;
  /** Of a stop that is given again because it has failed: the rollout may have ended in the meantime. */
  readonly isRepeated?: true | undefined;
  /** Of a stop: the snapshot that the next incarnation starts from. Left out, it is the one that the stop takes. */
  readonly snapshot?: Snapshot | undefined;
  /** Of a stop of a session: the deploy of the incarnation whose jobs start again. Left out, it is the stopped one. */
  readonly jobsFrom?: string | undefined;
  /** Of a deploy: what its revision was made by, and the revision whose spec it has. */
  readonly madeBy?: RevisionOrigin | undefined;
  readonly specOf?: number | undefined;
  /** Of a deploy. Left out, the spec says what the cluster starts from. */
  readonly restore?: RolloutRestore | undefined;
  /**
   * Of a deploy in place of an incarnation that the rollout has ended: it starts also after the end of its lifetime, because
   * nothing of the cluster would run otherwise.
   */
  readonly startsLate?: true | undefined;
  /** Of a deploy. Left out, it is the lifetime of the spec. */
  readonly lifetime?: ClusterLifetime | undefined;
}

interface CommandOf<K extends CommandKind> {
  readonly kind: K;
  readonly target: string;
  /** Undefined only for a deploy whose cluster ID is generated, and for a batch. */
  readonly clusterId: string | undefined;
  readonly data: CommandData<K>;
  /** Idempotency key. A repeated command with the same key has no further effect for seven days. */
  readonly key: string | undefined;
  readonly origin: Origin;
  /** Who gave the command. */
  readonly principal: Principal;
  /** Who redrove the command, if it was a dead letter. */
  readonly redrivenBy?: Principal | undefined;
  /** Of a command by a schedule or lifetime: the command has no effect on a cluster that differs from it. */
  readonly expected?: ExpectedCluster | undefined;
  /** Of a stop, a deploy or a rescale that a rollout gives. */
  readonly rollout?: RolloutStep | undefined;
  /** Of a stop, cancel or submit that an apply of a job gives: its operation. */
  readonly applyOperationId?: string | undefined;
  /** Of a submit that is for one incarnation of its session: the deploy of that. */
  readonly clusterOperationId?: string | undefined;
  /** Set if the command is an item of a batch. */
  readonly batchItem?: { readonly batchId: string; readonly batchIndex: number } | undefined;
}

export type Command<K extends CommandKind = CommandKind> = { [P in K]: CommandOf<P> }[K];
