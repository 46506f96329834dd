import type * as z from 'zod';

import { batch } from './batch.ts';
import { cancel } from './cancel.ts';
import { deploy } from './deploy.ts';
import { extend } from './extend.ts';
import { checkpoint, disposeSavepoint, savepoint, stopJob } from './savepoints.ts';
import { stop } from './stop.ts';
import { submit } from './submit.ts';

/** Every command. HTTP routes, the queue's parser, OpenAPI and JSON Schema follow from it. */
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
} as const;

export type { ExtendData } from './extend.ts';
export type { StopData } from './stop.ts';
export type { SubmitData } from './submit.ts';

export type CommandKind = keyof typeof commands;
export const commandKinds = Object.keys(commands) as [CommandKind, ...CommandKind[]]; // the keys of a non-empty literal
export type CommandData<K extends CommandKind> = z.output<(typeof commands)[K]['data']>;

/** The way in that a command took. */
export type Origin = 'http' | 'queue' | 'schedule' | 'reconciler';

/** Which life of a cluster, and which of its lifetimes where that matters. */
export interface ExpectedCluster {
  readonly operationId: string;
  readonly version?: number | undefined;
  /** Since when no job lived. */
  readonly idleSince?: string | undefined;
}

interface CommandOf<K extends CommandKind> {
  readonly kind: K;
  readonly target: string;
  /** Left out only by a deploy that wants one made up. */
  readonly clusterId: string | undefined;
  readonly data: CommandData<K>;
  /** Names the command for seven days: the same again changes nothing. */
  readonly key: string | undefined;
  readonly origin: Origin;
  /** Of a stop that was decided on by what a cluster was: it does nothing to one that is no longer so. */
  readonly expected?: ExpectedCluster | undefined;
  /** Where it stands in a batch. */
  readonly batchItem?: { readonly batchId: string; readonly batchIndex: number } | undefined;
}

export type Command<K extends CommandKind = CommandKind> = { [P in K]: CommandOf<P> }[K];
