import { processPartialResponse, SqsFifoPartialProcessorAsync } from '@aws-lambda-powertools/batch';
import middy from '@middy/core';
import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import * as z from 'zod';

import { type Command, type CommandKind, commands } from '#events/commands/index.ts';
import { ClusterId, TargetName } from '#events/names.ts';
import { Fault, parse, problems, toProblem } from '#events/problem.ts';
import { CommandMessage } from '#events/requests.ts';
import type { Rejection } from '#events/transitions.ts';
import { accept } from '#shared/clusters/accept.ts';
import type { Ports } from '#shared/clusters/ports.ts';
import { live, log } from '#shared/live.ts';

import { earlyMs } from './middleware/http.ts';
import { count } from './middleware/invocation.ts';

/** The queue's door. Each message ends as done, rejected (kept, and told) or returned (with what is behind it in its group). */
export const queueHandler = (ports: Ports) =>
  middy<SQSEvent, SQSBatchResponse>({ timeoutEarlyInMillis: earlyMs }).handler(async (event, context, { signal }) => {
    log.resetKeys();
    log.appendKeys({ function: context.functionName, requestId: context.awsRequestId, door: 'queue' });
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
    const command = commandOf(record.body);
    const { operationId, clusterId } = await accept(command, ports, signal);
    ports.log.info('command accepted', {
      ...fields,
      outcome: 'done',
      command: command.kind,
      target: command.target,
      clusterId,
      operationId,
    });
    count('Commands', 'done', { command: command.kind, door: 'queue' });
  } catch (error) {
    const problem = toProblem(error, record.messageId);
    const outcome = problems[problem.code].onQueue;
    ports.log.warn('command not accepted', {
      ...fields,
      outcome,
      code: problem.code,
      detail: error instanceof Error ? error.message : '',
    });
    count('Commands', outcome, { command: 'any', door: 'queue' });
    if (!(error instanceof Fault)) ports.log.error('command met an error of our own', { detail: stackOf(error) });
    if (outcome === 'returned') throw error;
    await ports.bus.reject(
      { id: record.messageId, ...envelopeOf(record.body), problem, at: ports.now().toISOString() },
      record.body,
    );
  }
};

const stackOf = (error: unknown) => (error instanceof Error ? (error.stack ?? error.message) : String(error));

const Subject = z.object({ target: TargetName, clusterId: ClusterId.optional() });

/** @throws Fault `malformed-request` */
const commandOf = (body: string): Command => {
  const message = parse(CommandMessage, jsonOf(body));
  const kind = kindOf(message.type);
  const [, target, , inSubject] = message.subject.split('/');
  const data = parse(commands[kind].data, message.data ?? {});
  const named = 'clusterId' in data ? data.clusterId : undefined;
  const place = parse(Subject, { target, clusterId: inSubject ?? named });
  if (kind !== 'deploy' && place.clusterId === undefined) throw malformed('/subject', 'it names no cluster');
  if (named !== undefined && named !== place.clusterId)
    throw malformed('/data/clusterId', 'it is not the cluster of the subject');
  // The data was parsed by the schema of this very kind, which the compiler cannot follow.
  return { kind, ...place, data, key: message.idempotencykey ?? message.id, door: 'queue' } as unknown as Command;
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

const Told = z.string().max(300).optional().catch(undefined);
const Known = z.object({ id: Told, subject: Told, type: Told });

/** What can be told of a message that may be anything. */
const envelopeOf = (body: string): Pick<Rejection, 'commandId' | 'subject' | 'type'> => {
  try {
    const { id: commandId, subject, type } = Known.parse(JSON.parse(body));
    return Object.fromEntries(Object.entries({ commandId, subject, type }).filter(([, value]) => value !== undefined));
  } catch {
    return {}; // Not JSON, or no object: there is nothing to tell.
  }
};

const malformed = (pointer: string, detail: string) =>
  new Fault('malformed-request', `${pointer}: ${detail}`, { errors: [{ pointer, detail }] });

export const handler = queueHandler(live);
