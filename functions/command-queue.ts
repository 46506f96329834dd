import { processPartialResponse, SqsFifoPartialProcessorAsync } from '@aws-lambda-powertools/batch';
import middy from '@middy/core';
import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import * as z from 'zod';

import { type Command, type CommandKind, commands } from '#events/commands/index.ts';
import { ClusterId, TargetName } from '#events/names.ts';
import { Fault, parse, toProblem } from '#events/problem.ts';
import { CommandMessage } from '#events/message.ts';
import { accept } from '#shared/clusters/commands/accept.ts';
import { findEndedBatchItem, readBatchItem } from '#shared/clusters/commands/batch.ts';
import { resumeOperation } from '#shared/clusters/queue/resume.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import type { StoredOperation } from '#shared/clusters/model/operation.ts';
import { discardMessage } from '#shared/clusters/queue/discard.ts';
import { live, log } from '#shared/live.ts';

import { earlyMs } from '#functions/middleware/http.ts';
import { count } from '#functions/middleware/invocation.ts';

/** The queue's `maxReceiveCount`: what fails then is put away with its reason. */
export const maxReceives = 5;

/** The queue's door. Each message ends as done, rejected (kept, and told), returned (with what is behind it in its group) or dead (after its last try). */
export const queueHandler = (ports: Ports) =>
  middy<SQSEvent, SQSBatchResponse>({ timeoutEarlyInMillis: earlyMs }).handler(async (event, context, { signal }) => {
    log.resetKeys();
    log.appendKeys({ function: context.functionName, requestId: context.awsRequestId, origin: 'queue' });
    return processPartialResponse(
      event,
      async (record: SQSRecord) => take(record, ports, signal),
      new SqsFifoPartialProcessorAsync(),
      {
        context,
        skipGroupOnError: true,
        throwOnFullBatchFailure: false,
      },
    );
  });

const take = async (record: SQSRecord, ports: Ports, signal: AbortSignal): Promise<void> => {
  const fields = { attempt: Number(record.attributes.ApproximateReceiveCount), messageId: record.messageId };
  try {
    const message = parse(CommandMessage, jsonOf(record.body));
    const { operationId, kind, target, clusterId, state } = await runCommand(message, ports, signal);
    ports.log.info('command accepted', {
      ...fields,
      outcome: 'done',
      command: kind,
      target,
      clusterId,
      operationId,
      state,
    });
    count('Commands', 'done', { command: kind, origin: 'queue' });
  } catch (error) {
    const problem = toProblem(error, record.messageId);
    const isLast = fields.attempt >= maxReceives;
    const outcome = !problem.retryable ? 'rejected' : isLast ? 'dead' : 'returned';
    ports.log.warn('command not accepted', {
      ...fields,
      outcome,
      code: problem.code,
      detail: error instanceof Error ? error.message : '',
    });
    count('Commands', outcome, { command: 'any', origin: 'queue' });
    if (!(error instanceof Fault)) ports.log.error('command met an error of our own', { detail: stackOf(error) });
    if (outcome === 'returned') throw error;
    const group = record.attributes.MessageGroupId ?? record.messageId;
    await discardMessage({ id: record.messageId, group, body: record.body }, { outcome, problem }, ports);
  }
};

const runCommand = async (message: CommandMessage, ports: Ports, signal: AbortSignal): Promise<StoredOperation> => {
  if (message.operationid !== undefined) return resumeOperation(message.operationid, ports, signal);
  return (await findEndedBatchItem(message, ports)) ?? accept(await commandOf(message, ports), ports, signal);
};

const stackOf = (error: unknown) => (error instanceof Error ? (error.stack ?? error.message) : String(error));

const Subject = z.object({ target: TargetName, clusterId: ClusterId.optional() });

/** @throws Fault `malformed-request` */
const commandOf = async (message: CommandMessage, ports: Ports): Promise<Command> => {
  const kind = kindOf(message.type);
  const [, target, , inSubject] = message.subject.split('/');
  const data = parse(commands[kind].data, await dataOf(message, parse(TargetName, target), ports));
  const named = 'clusterId' in data ? data.clusterId : undefined;
  const clusterRef = parse(Subject, { target, clusterId: inSubject ?? named });
  if (isOfCluster(kind) && clusterRef.clusterId === undefined) throw malformed('/subject', 'it names no cluster');
  if (named !== undefined && named !== clusterRef.clusterId)
    throw malformed('/data/clusterId', 'it is not the cluster of the subject');
  const { batchid: batchId, batchindex: batchIndex } = message;
  const batchItem = batchId === undefined || batchIndex === undefined ? undefined : { batchId, batchIndex };
  // The data was parsed by the schema of this very kind, which the compiler cannot follow.
  return {
    kind,
    ...clusterRef,
    data,
    key: message.idempotencykey ?? message.id,
    origin: 'queue',
    batchItem,
  } as unknown as Command;
};

const isOfCluster = (kind: CommandKind) => kind !== 'deploy' && kind !== 'batch';

/** In the message, or where it says. */
const dataOf = async (
  { data, dataref, batchid, batchindex }: CommandMessage,
  target: string,
  ports: Ports,
): Promise<unknown> => {
  if (batchid !== undefined && batchindex !== undefined) return readBatchItem(batchid, batchindex, ports);
  if (dataref === undefined) return data ?? {};
  if (data !== undefined) throw malformed('/dataref', 'there is data beside it: send one of them');
  const uploaded = await ports.payloads.uploaded(dataref, target);
  if (uploaded === undefined)
    throw malformed('/dataref', `there is no such upload of target ${target}; uploads are kept for 30 days`);
  return uploaded;
};

const kindOf = (type: string): CommandKind => {
  const word = type.split('.')[2] ?? '';
  if (Object.hasOwn(commands, word)) return word as CommandKind; // own keys are the kinds
  throw malformed('/type', `there is no command ${word}; there are ${Object.keys(commands).join(', ')}`);
};

const jsonOf = (body: string): unknown => {
  try {
    return JSON.parse(body);
  } catch (error) {
    throw new Fault('malformed-request', 'the message is not JSON', { cause: error });
  }
};

const malformed = (pointer: string, detail: string) =>
  new Fault('malformed-request', `${pointer}: ${detail}`, { errors: [{ pointer, detail }] });

export const handler = queueHandler(live);
