import * as z from 'zod';

import { type Command, type CommandKind, commandKinds, commands } from '#events/commands/index.ts';
import { CommandMessage } from '#events/message.ts';
import { ClusterId, TargetName } from '#events/names.ts';
import { isTerminalOperation } from '#events/operation.ts';
import { Fault, parse } from '#events/problem.ts';
import { accept } from '#shared/clusters/commands/accept.ts';
import { readBatchItem } from '#shared/clusters/commands/batch/items.ts';
import type { StoredOperation } from '#shared/clusters/model/operation.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';

import { findMessageOperation } from './envelope.ts';
import { resumeDeploy } from './resume-deploy.ts';

/**
 * Runs a message of the command queue: a caller's command, an item of a batch, or Drey's own request to resume an
 * admitted deploy.
 *
 * @throws Fault `malformed-request` for a message that is not a command, and every fault of its command.
 */
export const runMessage = async (body: string, ports: Ports): Promise<StoredOperation> => {
  const message = parse(CommandMessage, parseJson(body));
  if (message.operationid !== undefined) return resumeDeploy(message.operationid, ports);
  return (await findEndedBatchItem(message, ports)) ?? accept(await parseCommand(message, ports), ports);
};

/** The operation of a batch item that was delivered again after its end. Its batch may have ended as well. */
const findEndedBatchItem = async (message: CommandMessage, { store }: Ports): Promise<StoredOperation | undefined> => {
  const operation = message.batchid === undefined ? undefined : await findMessageOperation(message, store);
  return operation !== undefined && isTerminalOperation(operation) ? operation : undefined;
};

const ClusterInSubject = z.object({ target: TargetName, clusterId: ClusterId.optional() });

/** @throws Fault `malformed-request` */
const parseCommand = async (message: CommandMessage, ports: Ports): Promise<Command> => {
  const kind = parseKind(message.type);
  const [, target, , clusterIdInSubject] = message.subject.split('/');
  const data = parse(commands[kind].data, await readData(message, parse(TargetName, target), ports));
  const clusterIdInData = 'clusterId' in data ? data.clusterId : undefined;
  const clusterRef = parse(ClusterInSubject, { target, clusterId: clusterIdInSubject ?? clusterIdInData });
  if (needsCluster(kind) && clusterRef.clusterId === undefined)
    throw newMalformedFault('/subject', 'The subject names no cluster.');
  if (clusterIdInData !== undefined && clusterIdInData !== clusterRef.clusterId)
    throw newMalformedFault('/data/clusterId', 'The cluster id differs from that of the subject.');
  const { batchid: batchId, batchindex: batchIndex } = message;
  const batchItem = batchId === undefined || batchIndex === undefined ? undefined : { batchId, batchIndex };
  // The schema of this kind parsed the data, which the compiler cannot infer.
  return {
    kind,
    ...clusterRef,
    data,
    key: message.idempotencykey ?? message.id,
    origin: 'queue',
    batchItem,
  } as unknown as Command;
};

const needsCluster = (kind: CommandKind) => kind !== 'deploy' && kind !== 'batch';

/** The data of a command: in the message, in an upload, or a row of a batch. */
const readData = async (
  { data, dataref, batchid, batchindex }: CommandMessage,
  target: string,
  ports: Ports,
): Promise<unknown> => {
  if (batchid !== undefined && batchindex !== undefined) return readBatchItem(batchid, batchindex, ports);
  if (dataref === undefined) return data ?? {};
  if (data !== undefined) throw newMalformedFault('/dataref', 'The message has data and dataref. Send one of them.');
  const uploaded = await ports.payloads.readUpload(dataref, target);
  if (uploaded === undefined)
    throw newMalformedFault('/dataref', `Target ${target} has no such upload. Uploads are kept for 30 days.`);
  return uploaded;
};

const parseKind = (type: string): CommandKind => {
  const word = type.split('.')[2] ?? '';
  const kind = commandKinds.find((known) => known === word);
  if (kind === undefined)
    throw newMalformedFault('/type', `There is no command ${word}. Commands are ${commandKinds.join(', ')}.`);
  return kind;
};

const parseJson = (body: string): unknown => {
  try {
    return JSON.parse(body);
  } catch (error) {
    throw new Fault('malformed-request', 'The message is not JSON.', { cause: error });
  }
};

const newMalformedFault = (pointer: string, detail: string) =>
  new Fault('malformed-request', `${pointer}: ${detail}`, { errors: [{ pointer, detail }] });
