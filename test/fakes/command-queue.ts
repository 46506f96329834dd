import type { BatchItem } from '#events/batch-item.ts';
import { subjectOf } from '#events/names.ts';
import type { Problem } from '#events/problems/problem.ts';
import type { StoredOperation } from '#shared/clusters/model/operation.ts';
import type { CommandQueue, DeadLetter, QueuedMessage } from '#shared/clusters/ports/messaging.ts';

export interface SentMessage {
  readonly group: string;
  readonly body: object;
  readonly principal: string;
}

type Addressed = Pick<StoredOperation, 'target' | 'clusterId' | 'principal'>;

/** Messages wait until a test runs them with `runQueues`. */
export class FakeCommandQueue implements CommandQueue {
  readonly sent: SentMessage[] = [];
  readonly deadLetters: DeadLetter[] = [];

  async sendResume({ operationId, ...operation }: Pick<StoredOperation, 'operationId' | keyof Addressed>) {
    this.send(operation, { id: operationId, operationid: operationId }, `resume/${operationId}`);
  }

  async sendBatchItems(
    { target, principal }: Pick<StoredOperation, 'target' | 'principal'>,
    batchItems: readonly Pick<BatchItem, 'batchId' | 'batchIndex' | 'clusterId'>[],
  ) {
    for (const { batchId, batchIndex, clusterId } of batchItems)
      this.send(
        { target, clusterId, principal },
        { id: `${batchId}/${batchIndex}`, batchid: batchId, batchindex: batchIndex },
      );
  }

  private send({ principal, ...clusterRef }: Addressed, fields: object, group = subjectOf(clusterRef)) {
    const subject = subjectOf(clusterRef);
    const envelope = { specversion: '1.0', type: 'drey.command.deploy.v1', source: 'drey', subject };
    this.sent.push({ group, body: { ...envelope, ...fields }, principal });
  }

  async discard(message: QueuedMessage, { code, detail }: Problem) {
    this.deadLetters.push({ ...message, problem: { code, detail }, receipt: message.id });
  }

  async listDeadLetters() {
    return { commands: [...this.deadLetters], more: false };
  }

  async redriveDeadLetters(again: (command: DeadLetter) => Promise<string | undefined>) {
    const commands: DeadLetter[] = [];
    for (const command of this.deadLetters.splice(0)) {
      const body = await again(command);
      if (body === undefined) {
        this.deadLetters.push(command);
        continue;
      }
      this.sent.push({ group: command.group, body: JSON.parse(body) as object, principal: command.principal });
      commands.push(command);
    }
    return { commands, more: false };
  }
}
