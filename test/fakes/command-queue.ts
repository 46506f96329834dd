import { subjectOf } from '#events/names.ts';
import type { Problem } from '#events/problem.ts';
import type { StoredOperation } from '#shared/clusters/model/operation.ts';
import type { BatchItem } from '#shared/clusters/model/records/records.ts';
import type { CommandQueue, DeadLetter, QueuedMessage } from '#shared/clusters/ports/messaging.ts';

/** Messages wait until a test runs them with `runQueues`. */
export class FakeCommandQueue implements CommandQueue {
  readonly sent: { readonly group: string; readonly body: object }[] = [];
  readonly deadLetters: DeadLetter[] = [];

  async sendResume({ operationId, target, clusterId }: Pick<StoredOperation, 'operationId' | 'target' | 'clusterId'>) {
    this.send(target, clusterId, { id: operationId, operationid: operationId }, `resume/${operationId}`);
  }

  async sendBatchItems(target: string, batchItems: readonly Pick<BatchItem, 'batchId' | 'batchIndex' | 'clusterId'>[]) {
    for (const { batchId, batchIndex, clusterId } of batchItems)
      this.send(target, clusterId, { id: `${batchId}/${batchIndex}`, batchid: batchId, batchindex: batchIndex });
  }

  private send(target: string, clusterId: string, fields: object, group = subjectOf({ target, clusterId })) {
    const subject = subjectOf({ target, clusterId });
    const envelope = { specversion: '1.0', type: 'drey.command.deploy.v1', source: 'drey', subject };
    this.sent.push({ group, body: { ...envelope, ...fields } });
  }

  async discard(message: QueuedMessage, { code, detail }: Problem) {
    this.deadLetters.push({ ...message, problem: { code, detail }, receipt: message.id });
  }

  async listDeadLetters() {
    return [...this.deadLetters];
  }

  async redriveDeadLetters(again: (command: DeadLetter) => Promise<string | undefined>) {
    const commands: DeadLetter[] = [];
    for (const command of this.deadLetters.splice(0)) {
      const body = await again(command);
      if (body === undefined) {
        this.deadLetters.push(command);
        continue;
      }
      this.sent.push({ group: command.group, body: JSON.parse(body) as object });
      commands.push(command);
    }
    return { commands, more: false };
  }
}
