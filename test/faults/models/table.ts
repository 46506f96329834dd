import type { Call, DynamoDbAction } from '#shared/aws/transport/operations.ts';
import { describeRequest, FakeTable, type TableItem, type TableRequest, toCanceled } from '#test/fakes/table.ts';
import type { Protection } from '#test/faults/protections.ts';
import type { Failure, Process, Simulation } from '#test/faults/simulation.ts';

interface ModelTableOptions {
  readonly without: Protection | undefined;
  readonly onInsert: (item: TableItem) => void;
}

const maxIndexDelaySeconds = 3;
/** How often a transaction without its protection loses an item. */
const lossRate = 0.02;

/** The table in a simulation: each command takes its time and may fail, and the index follows the table later. */
export class ModelTable {
  private readonly table: FakeTable;
  private readonly without: Protection | undefined;
  private readonly simulation: Simulation;

  constructor(simulation: Simulation, random: () => number, { without, onInsert }: ModelTableOptions) {
    this.simulation = simulation;
    this.without = without;
    this.table = new FakeTable({
      ignoresCondition: ({ sk }, condition) =>
        (without === 'queue version' && sk === 'control') ||
        (without === 'version condition' && condition === 'version = :previous'),
      replacesFirst: without === 'verdict of the first',
      loses: ({ pk, sk }) =>
        (without === 'idempotency record' && pk.startsWith('idempotency#')) ||
        (without === 'transaction' && sk.startsWith('event#transition#') && random() < lossRate),
      updateIndex: (update) => simulation.after(random() * maxIndexDelaySeconds, update),
      onInsert,
    });
  }

  get items(): Map<string, TableItem> {
    return this.table.items;
  }

  /** Puts items into the table and its index. */
  load(items: readonly TableItem[]): void {
    this.table.load(items);
  }

  /** The client of one process. */
  clientOf(process: Process): Call<DynamoDbAction> {
    return async (action, input) => {
      const request = this.withoutMembers([action, input] as unknown as TableRequest);
      const answer = await this.simulation.call<unknown>(process, {
        service: 'DynamoDB',
        what: describeRequest(request),
        request,
        apply: () => this.table.answer(request),
        failures: writes.has(action) ? [conflict, throttled, lost(false), lost(true)] : [throttled, lost(false)],
      });
      return answer as never; // The answer of this action.
    };
  }

  /** The request without what a rollout, a rescale or an apply of a job stores, if that protection is off. */
  private withoutMembers(request: TableRequest): TableRequest {
    const [action] = request;
    if (!withDroppedMembers.has(this.without) || action !== 'dynamodb:TransactWriteItems') return request;
    const text = JSON.stringify(request, (_name, value: unknown) => this.dropMember(value));
    return JSON.parse(text) as TableRequest; // Requests to the table are JSON.
  }

  private dropMember(value: unknown): unknown {
    if (typeof value !== 'object' || value === null) return value;
    if (this.without === 'snapshot of a cluster' && 'conditions' in value && 'snapshot' in value) {
      const { snapshot: _snapshot, ...cluster } = value;
      return cluster;
    }
    if (this.without === 'next rollout of a cluster' && 'nextRollout' in value) {
      const { nextRollout: _nextRollout, ...cluster } = value;
      return cluster;
    }
    if (this.without === 'rollout of a stop' && 'kind' in value && value.kind === 'stop' && 'rollout' in value) {
      const { rollout: _rollout, ...stop } = value;
      return stop;
    }
    // A revision has a number, and keeps its source.
    if (this.without === 'source of a job' && 'restoredFrom' in value && !('number' in value)) {
      const { restoredFrom: _restoredFrom, ...record } = value;
      return record;
    }
    if (this.without === 'rescale of a job' && 'rescaleOperationId' in value) {
      const { rescaleOperationId: _rescale, ...job } = value;
      return job;
    }
    // What a rollout remembers of the revision that it has recorded, until it has ended.
    if (this.without === 'revision of a rescale' && 'class' in value && value.class === 'rescale' && 'to' in value) {
      const { to: _to, ...rollout } = value;
      return rollout;
    }
    // The request of a submit has its incarnation from the start, and its operation has one when the job starts.
    if (this.without === 'incarnation of a submit' && 'clusterOperationId' in value && 'data' in value) {
      const { clusterOperationId: _incarnation, ...request } = value;
      return request;
    }
    // The result of an apply of a job has its jobs.
    if (this.without === 'snapshot of a job' && 'phases' in value && 'job' in value && 'snapshot' in value) {
      const { snapshot: _snapshot, ...rollout } = value;
      return rollout;
    }
    if (this.without === 'start time of a job' && 'jobStartTime' in value) {
      const { jobStartTime: _startTime, ...record } = value;
      return record;
    }
    return value;
  }

  /** The values of all items whose id, `pk|sk`, starts with a prefix. */
  values<T>(prefix: string): readonly T[] {
    return [...this.items].filter(([id]) => id.startsWith(prefix)).map(([, item]) => item['value'] as T);
  }
}

/** They are members of records, which are not written without them. */
const withDroppedMembers: ReadonlySet<Protection | undefined> = new Set([
  'snapshot of a cluster',
  'rollout of a stop',
  'next rollout of a cluster',
  'source of a job',
  'rescale of a job',
  'revision of a rescale',
  'incarnation of a submit',
  'snapshot of a job',
  'start time of a job',
]);

const writes: ReadonlySet<DynamoDbAction> = new Set([
  'dynamodb:TransactWriteItems',
  'dynamodb:PutItem',
  'dynamodb:UpdateItem',
]);

const conflict: Failure<unknown> = {
  name: 'another transaction has the item',
  applied: false,
  seconds: 0.05,
  answer: () => {
    throw toCanceled(['TransactionConflict']);
  },
};

const throttled: Failure<unknown> = {
  name: 'DynamoDB throttles the request',
  applied: false,
  seconds: 1,
  answer: () => {
    throw Object.assign(new Error('throughput exceeded'), { name: 'ProvisionedThroughputExceededException' });
  },
};

/** After the retries. */
const lost = (applied: boolean): Failure<unknown> => ({
  name: applied ? 'DynamoDB writes the items and does not answer' : 'DynamoDB does not answer',
  applied,
  seconds: 3,
  answer: () => {
    throw Object.assign(new Error('the connection was closed'), { name: 'TimeoutError' });
  },
});
