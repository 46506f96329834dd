import { marshall } from '@aws-sdk/util-dynamodb';
import type { Context, DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda';

import { publishHandler } from '#functions/publish.ts';
import type { TableItem } from '#test/fakes/table.ts';
import type { Process } from '#test/faults/simulation.ts';

import { functionSeconds, type ModelContext } from './context.ts';

type StreamRecord = TableItem & { readonly sequence: number };

const maxBatch = 100;

/** The stream of the table, in the order of each partition. A batch that fails continues at its first failed record. */
export class ModelStream {
  private readonly partitions = new Map<string, StreamRecord[]>();
  private records = 0;
  private readonly context: ModelContext;

  constructor(context: ModelContext) {
    this.context = context;
  }

  get isQuiet(): boolean {
    return [...this.partitions.values()].every((waiting) => waiting.length === 0);
  }

  add(item: TableItem): void {
    const waiting = this.partitions.get(item.pk) ?? [];
    this.partitions.set(item.pk, waiting);
    waiting.push({ ...item, sequence: (this.records += 1) });
    if (waiting.length === 1) this.context.simulation.after(0.5, () => void this.publish(waiting));
  }

  private async publish(waiting: StreamRecord[]): Promise<void> {
    const { simulation, without, portsOf } = this.context;
    while (waiting.length > 0) {
      const batch = waiting.slice(0, maxBatch);
      const failed = await simulation
        .invoke('publish', functionSeconds, (process) => this.invoke(batch, portsOf, process))
        .catch(() => String(batch[0]?.sequence));
      const published = batch.findIndex(({ sequence }) => String(sequence) === failed);
      waiting.splice(0, published === -1 || without === 'order of the stream' ? batch.length : published);
      if (published !== -1) await simulation.wait(1);
    }
  }

  private async invoke(batch: readonly StreamRecord[], portsOf: ModelContext['portsOf'], process: Process) {
    const handler = publishHandler(portsOf(process)) as unknown as (
      event: DynamoDBStreamEvent,
      context: Context,
    ) => Promise<DynamoDBBatchResponse>;
    const { batchItemFailures } = await handler(toStreamEvent(batch), {} as Context);
    return batchItemFailures[0]?.itemIdentifier;
  }
}

const toStreamEvent = (batch: readonly StreamRecord[]) =>
  ({
    Records: batch.map(({ pk, sk, value, sequence }) => ({
      eventName: 'INSERT',
      dynamodb: {
        SequenceNumber: String(sequence),
        Keys: { pk: { S: pk }, sk: { S: sk } },
        NewImage: marshall({ value }, { removeUndefinedValues: true }),
      },
    })),
  }) as unknown as DynamoDBStreamEvent;
