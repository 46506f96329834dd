import * as z from 'zod';

import { type Command, type CommandKind, commandKinds, commands } from '#events/commands/index.ts';
import { isRecord } from '#events/is-record.ts';
import { CommandMessage, ownMembers } from '#events/message.ts';
import { ClusterId, TargetName } from '#events/names.ts';
import { isTerminalOperation } from '#events/records/operation.ts';
import type { Principal } from '#events/principal.ts';
import { Fault, parse } from '#events/problems/problem.ts';
import { accept } from '#shared/clusters/commands/accept.ts';
import { recordBatchItems } from '#shared/clusters/commands/batch/finish.ts';
import { UnchangedCluster } from '#shared/clusters/commands/rollouts/unchanged.ts';
import { useCases } from '#shared/clusters/commands/use-cases.ts';
import type { StoredOperation } from '#shared/clusters/model/operation.ts';
import type { QueuedMessage } from '#shared/clusters/ports/messaging.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';

import { readBatchMessage } from './batch-message.ts';
import { findMessageOperation, identifyMessage, receiveMessage, type ReceivedMessage } from './envelope.ts';
import { resumeDeploy } from './resume-deploy.ts';

/**
 * Runs a message of the command queue: a caller's command, an item of a batch, or Drey's own request to resume an
 * admitted deploy.
 *
 * @returns Its operation, or the cluster that an apply leaves unchanged.
 * @throws Fault `malformed-request` for a message that is not a command, and every fault of its command.
 */
export const runMessage = async (
  { body, own, ...sender }: Pick<QueuedMessage, 'body' | 'principal' | 'redrivenBy' | 'own'>,
  ports: Ports,
): Promise<StoredOperation | UnchangedCluster> => {
  const message = parseMessage(parseJson(body));
  const received = await receiveMessage({ body, own }, ports.store);
  const operationId = received.own?.operationId;
  if (operationId !== undefined) return resumeDeploy({ ...identifyMessage(received), operationId }, ports);
  const ended = await findEndedBatchItem(received, ports);
  if (ended !== undefined) return ended;
  const command = await parseCommand({ message, received, sender }, ports);
  try {
    return (await accept(useCases[command.kind], command, ports)).operation;
  } catch (error) {
    if (!(error instanceof UnchangedCluster)) throw error;
    await finishUnchangedItem(command, error, ports);
    return error;
  }
};

/** A row of a batch whose apply changes nothing is done without an operation. */
const finishUnchangedItem = async (
  { batchItem, clusterId = '' }: Command,
  { message }: UnchangedCluster,
  ports: Ports,
): Promise<void> => {
  if (batchItem !== undefined)
    await recordBatchItems([{ ...batchItem, clusterId, verdict: 'FINISHED', message }], ports);
};

/** The operation of a batch item that was delivered again after its end. Its batch may have ended as well. */
const findEndedBatchItem = async (
  received: ReceivedMessage,
  { store }: Ports,
): Promise<StoredOperation | undefined> => {
  const operation = received.own?.batchItem === undefined ? undefined : await findMessageOperation(received, store);
  return operation !== undefined && isTerminalOperation(operation) ? operation : undefined;
};

/** The schema of its command parses the data, so that pointers to mistakes are the same as over HTTP. */
const parseMessage = (message: unknown): CommandMessage => {
  if (!isRecord(message)) return parse(CommandMessage, message);
  assertNoOwnMembers(message);
  return { ...parse(CommandMessage, { ...message, data: undefined }), data: message['data'] };
};

/** @throws Fault `malformed-request` for members that look as if only Drey may set them. */
const assertNoOwnMembers = (message: Readonly<Record<string, unknown>>): void => {
  const name = ownMembers.find((member) => Object.hasOwn(message, member));
  if (name !== undefined)
    throw newMalformedFault(`/${name}`, 'Only Drey says this about a message. Remove the member.');
};

/** A message that is a command, as it was received, and its sender. */
interface SentCommand {
  readonly message: CommandMessage;
  readonly received: ReceivedMessage;
  readonly sender: Pick<QueuedMessage, 'principal' | 'redrivenBy'>;
}

const ClusterInSubject = z.object({ target: TargetName, clusterId: ClusterId.optional() });

/** @throws Fault `malformed-request` */
const parseCommand = async (sent: SentCommand, ports: Ports): Promise<Command> => {
  const { message, received } = sent;
  const [, target, , clusterIdInSubject] = message.subject.split('/');
  const kindInType = parseKind(message.type);
  const content = await readContent(sent, parse(TargetName, target), ports);
  const { kind = kindInType } = content;
  const data = parse(commands[kind].data, content.data);
  const clusterIdInData = 'clusterId' in data ? data.clusterId : undefined;
  const clusterRef = parse(ClusterInSubject, { target, clusterId: clusterIdInSubject ?? clusterIdInData });
  if (needsCluster(kind) && clusterRef.clusterId === undefined)
    throw newMalformedFault('/subject', 'The subject names no cluster.');
  if (clusterIdInData !== undefined && clusterIdInData !== clusterRef.clusterId)
    throw newMalformedFault('/data/clusterId', 'The cluster id differs from that of the subject.');
  // The schema of this kind parsed the data, which the compiler cannot infer.
  return {
    kind,
    ...clusterRef,
    data,
    key: identifyMessage(received).key,
    origin: 'queue',
    principal: content.principal,
    redrivenBy: sent.sender.redrivenBy,
    batchItem: received.own?.batchItem,
  } as unknown as Command;
};

const needsCluster = (kind: CommandKind) => kind !== 'deploy' && kind !== 'batch';

interface Content {
  /** Of a row: the command that its batch gives. */
  readonly kind?: CommandKind;
  readonly data: unknown;
  readonly principal: Principal;
}

/** The data of a command: in the message, in an upload, or a row of a batch, whose caller gave the command. */
const readContent = async (
  { message, received, sender }: SentCommand,
  target: string,
  ports: Ports,
): Promise<Content> => {
  const batchItem = received.own?.batchItem;
  if (batchItem !== undefined) return readBatchMessage({ target, ...batchItem }, ports);
  return { data: await readData(message, target, ports), principal: sender.principal };
};

const readData = async ({ data, dataref }: CommandMessage, target: string, ports: Ports): Promise<unknown> => {
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
