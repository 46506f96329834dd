import { randomUUID } from 'node:crypto';

import type { OwnFields } from '#events/message.ts';
import { subjectOf } from '#events/names.ts';
import type { Problem } from '#events/problems/problem.ts';
import type { StoredOperation } from '#shared/clusters/model/operation.ts';
import type { CommandQueue, DeadLetter, QueuedMessage, SentBatchItem } from '#shared/clusters/ports/messaging.ts';

export interface SentMessage {
  readonly group: string;
  readonly body: object;
  readonly principal: string;
  readonly redrivenBy?: string | undefined;
  readonly own?: OwnFields | undefined;
}

type Addressed = Pick<StoredOperation, 'target' | 'clusterId' | 'principal'> & Partial<Pick<SentBatchItem, 'command'>>;
type Token = Pick<StoredOperation, 'messageToken'>;

/** Messages wait until a test runs them with `runQueues`. */
export class FakeCommandQueue implements CommandQueue {
  readonly sent: SentMessage[] = [];
  readonly deadLetters: DeadLetter[] = [];

  async sendResume({
    operationId,
    messageToken: token = '',
    ...operation
  }: Pick<StoredOperation, 'operationId'> & Addressed & Token) {
    this.send(operation, { token, operationId }, `resume/${operationId}`);
  }

  async sendBatchItems(
    { target, principal, messageToken: token = '' }: Pick<StoredOperation, 'target' | 'principal'> & Token,
    batchItems: readonly SentBatchItem[],
  ) {
    for (const { command, batchId, batchIndex, clusterId } of batchItems)
      this.send({ target, clusterId, principal, command }, { token, batchItem: { batchId, batchIndex } });
  }

  private send(
    { principal, target, clusterId, command = 'deploy' }: Addressed,
    own: OwnFields,
    group = subjectOf({ target, clusterId }),
  ) {
    const subject = subjectOf({ target, clusterId });
    const body = { specversion: '1.0', id: randomUUID(), type: `drey.command.${command}.v1`, source: 'drey', subject };
    this.sent.push({ group, body, principal, own });
  }

  async discard(message: QueuedMessage, { code, detail }: Problem) {
    this.deadLetters.push({ ...message, problem: { code, detail }, receipt: message.id });
  }

  async listDeadLetters() {
    return { commands: [...this.deadLetters], more: false };
  }

  async redriveDeadLetters(
    render: (command: DeadLetter) => Promise<Pick<QueuedMessage, 'own' | 'redrivenBy'> | undefined>,
  ) {
    const commands: DeadLetter[] = [];
    for (const command of this.deadLetters.splice(0)) {
      const rendered = await render(command);
      if (rendered === undefined) {
        this.deadLetters.push(command);
        continue;
      }
      const { group, body, principal } = command;
      this.sent.push({ group, body: JSON.parse(body) as object, principal, ...rendered });
      commands.push(command);
    }
    return { commands, more: false };
  }
}
