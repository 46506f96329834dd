import { randomUUID } from 'node:crypto';

import { type CommandKind, commands as definitions } from '#events/commands/index.ts';
import { batchHandler } from '#functions/batch.ts';
import { cancelHandler } from '#functions/cancel.ts';
import { deployHandler } from '#functions/deploy.ts';
import { extendHandler } from '#functions/extend.ts';
import { rolloutsHandler } from '#functions/rollouts.ts';
import { savepointsHandler } from '#functions/savepoints.ts';
import { stopHandler } from '#functions/stop.ts';
import { submitHandler } from '#functions/submit.ts';

import { callHandler, deliverCommands, makeHttpEvent, makeSqsRecord } from './lambda.ts';
import type { World } from './world.ts';

interface SentCommand {
  readonly clusterId?: string;
  readonly jobId?: string;
  readonly data?: Readonly<Record<string, unknown>>;
  readonly key?: string;
  readonly target?: string;
}

/** The response to a command: accepted, rejected, or returned for a retry. */
export interface Outcome {
  readonly outcome: 'done' | 'rejected' | 'returned';
  readonly code?: string | undefined;
  readonly pointers: readonly string[];
  readonly errors?: readonly { readonly pointer: string; readonly detail: string }[];
  readonly detail?: string | undefined;
}

export type Send = (kind: CommandKind, sent: SentCommand, world: World) => Promise<Outcome>;

const handlers = {
  deploy: deployHandler,
  submit: submitHandler,
  cancel: cancelHandler,
  stop: stopHandler,
  extend: extendHandler,
  batch: batchHandler,
  apply: rolloutsHandler,
  rollback: rolloutsHandler,
  restart: rolloutsHandler,
  suspend: rolloutsHandler,
  resume: rolloutsHandler,
  savepoint: savepointsHandler,
  checkpoint: savepointsHandler,
  'stop-job': savepointsHandler,
  'dispose-savepoint': savepointsHandler,
  'dispose-snapshot': savepointsHandler,
  rescale: savepointsHandler,
  'apply-job': rolloutsHandler,
} as const;

export const sendHttp: Send = async (kind, { target = 'local', clusterId, jobId, data = {}, key }, { ports }) => {
  const parameters = {
    target,
    ...(clusterId === undefined || kind === 'deploy' ? {} : { clusterId }),
    ...(jobId === undefined ? {} : { jobId }),
    ...(kind === 'dispose-snapshot' ? { snapshotId: String((data as { snapshotId?: unknown }).snapshotId) } : {}),
  };
  const body =
    kind === 'dispose-snapshot' ? {} : kind === 'deploy' && clusterId !== undefined ? { ...data, clusterId } : data;
  const event = makeHttpEvent(definitions[kind].route, parameters, {
    body,
    headers: key === undefined ? {} : { 'idempotency-key': key },
  });
  const answer = await callHandler(handlers[kind](ports), event);
  if (answer.status < 300) return { outcome: 'done', pointers: [] };
  const problem = answer.body as {
    code: string;
    retryable: boolean;
    detail: string;
    errors?: { pointer: string; detail: string }[];
  };
  return {
    outcome: problem.retryable ? 'returned' : 'rejected',
    code: problem.code,
    detail: problem.detail,
    pointers: (problem.errors ?? []).map(({ pointer }) => pointer),
    errors: problem.errors ?? [],
  };
};

export const makeCommandMessage = (
  kind: string,
  { target = 'local', clusterId, jobId, data = {}, key }: SentCommand,
) => ({
  specversion: '1.0',
  id: key ?? randomUUID(),
  type: `drey.command.${kind}.v1`,
  source: 'test',
  subject: clusterId === undefined ? `targets/${target}` : `targets/${target}/clusters/${clusterId}`,
  data: jobId === undefined ? data : { ...data, jobId },
});

export const sendMessage: Send = async (kind, sent, { ports, bus }) => {
  const record = makeSqsRecord(makeCommandMessage(kind, sent));
  const returned = await deliverCommands([record], ports);
  if (returned.length > 0) return { outcome: 'returned', pointers: [] };
  const rejection = bus.rejected.find(({ rejection: { id } }) => id === record.messageId)?.rejection;
  if (rejection === undefined) return { outcome: 'done', pointers: [] };
  const { code, detail, errors = [] } = rejection.problem;
  return { outcome: 'rejected', code, detail, pointers: errors.map(({ pointer }) => pointer), errors };
};

/** The ways into the system. A command behaves in the same way on both. Schedules send messages to the queue. */
export const origins: readonly (readonly [name: string, send: Send])[] = [
  ['http', sendHttp],
  ['queue', sendMessage],
];
