import { processPartialResponse, SqsFifoPartialProcessorAsync } from '@aws-lambda-powertools/batch';
import middy from '@middy/core';
import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';

import { dreyPrincipals, type Principal } from '#events/principal.ts';
import { toProblem } from '#events/problems/problem.ts';
import { logFailure } from '#shared/clusters/ports/failures.ts';
import { type Ports, portsFor, type World } from '#shared/clusters/ports/ports.ts';
import { UnchangedCluster } from '#shared/clusters/commands/rollouts/unchanged.ts';
import type { StoredOperation } from '#shared/clusters/model/operation.ts';
import { discardMessage } from '#shared/clusters/queue/discard.ts';
import { runMessage } from '#shared/clusters/queue/run-message.ts';
import {
  bus,
  callbacks,
  jars,
  kubernetes,
  payloads,
  queues,
  revisionSpecs,
  table,
  workflows,
} from '#shared/live/adapters.ts';
import { logger } from '#shared/live/log.ts';
import { openWorld } from '#shared/live/world.ts';
import { maxReceives } from '#shared/retries.ts';

import { getSender } from './handlers/principal.ts';
import { failEarly } from './handlers/timeout.ts';
import { background } from './middleware/background.ts';

/**
 * Runs the commands of the queue. Each message is done, rejected (kept with its problem), returned (with all that
 * follow it in its group) or discarded (a dead letter after its last delivery).
 */
export const commandQueueHandler = (world: World) =>
  middy<SQSEvent, SQSBatchResponse>(failEarly())
    .use(background(dreyPrincipals.queue))
    .handler(async (event, context, { signal }) => {
      logger.appendKeys({ origin: 'queue' });
      const ports = portsFor(world, { signal, principal: dreyPrincipals.queue });
      return processPartialResponse(
        event,
        async (record: SQSRecord) => handleRecord(record, ports),
        new SqsFifoPartialProcessorAsync(),
        { context, skipGroupOnError: true, throwOnFullBatchFailure: false },
      );
    });

const handleRecord = async (record: SQSRecord, queuePorts: Ports): Promise<void> => {
  const { messageId, body, attributes } = record;
  const fields = { attempt: Number(attributes.ApproximateReceiveCount), messageId };
  const sender = getSender(record);
  const ports = queuePorts.withPrincipal(sender.principal);
  const { log, metrics } = ports;
  try {
    const result = await runMessage({ body, ...sender }, ports);
    const { target, principal, command, ...about } = describeResult(result, sender.principal);
    const done = { ...fields, principal, outcome: 'done', command, target, ...about };
    log.info('command accepted', done);
    metrics.record('Commands', { outcome: 'done', fields: { principal, origin: 'queue', command, target } });
  } catch (error) {
    const problem = toProblem(error, messageId);
    const isLast = fields.attempt >= maxReceives;
    const outcome = problem.retryable ? (isLast ? 'discarded' : 'returned') : 'rejected';
    logFailure({ message: 'command not accepted', error, fields: { ...fields, outcome }, log });
    metrics.record('Commands', { outcome, fields: { ...fields, origin: 'queue' } });
    metrics.record('Failures', { code: problem.code, fields: { ...fields, origin: 'queue' } });
    if (outcome === 'returned') throw error;
    const group = attributes.MessageGroupId ?? messageId;
    try {
      await discardMessage({ id: messageId, group, body, ...sender }, { outcome, problem }, ports);
    } catch (discardError) {
      logFailure({ message: 'command not discarded', error: discardError, fields, log });
      throw discardError;
    }
  }
};

/** What the log says about a message that is done. */
const describeResult = (result: StoredOperation | UnchangedCluster, sender: Principal) => {
  if (result instanceof UnchangedCluster) {
    const { kind: command, jobId, cluster } = result;
    const { target, clusterId, state, revision } = cluster;
    const what = jobId === undefined ? { command, revision } : { command, jobId };
    return { principal: sender, ...what, target, clusterId, state, result: 'unchanged' };
  }
  const { operationId, kind: command, target, clusterId, state, principal } = result;
  return { principal, command, target, clusterId, operationId, state };
};

export const handler = commandQueueHandler(
  openWorld<'commandQueue'>({ table, kubernetes, workflows, jars, payloads, revisionSpecs, bus, queues, callbacks }),
);
