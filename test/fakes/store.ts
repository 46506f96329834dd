import { type Cluster, type ClusterState, isDone, type Job, type NamedTarget, type Target } from '#events/model.ts';
import { type Place, subjectOf } from '#events/names.ts';
import { Fault } from '#events/problem.ts';
import type { Transition } from '#events/transitions.ts';
import type { Change, Idempotency, Store, StoredOperation, Targets, Versioned } from '#shared/clusters/ports.ts';

/** The store in memory, with the same conditions as the table's. */
export class FakeStore implements Store {
  readonly clusterRecords = new Map<string, Versioned<Cluster>>();
  readonly operations = new Map<string, Versioned<StoredOperation>>();
  readonly jobRecords = new Map<string, Versioned<Job>>();
  readonly written: Transition[] = [];
  readonly keys = new Map<string, Idempotency>();

  async cluster(place: Place) {
    return structuredClone(this.clusterRecords.get(subjectOf(place)));
  }

  async clusters(
    target: string,
    {
      states = [],
      cursor,
      limit,
    }: { readonly states?: readonly ClusterState[]; readonly cursor?: string; readonly limit: number },
  ) {
    const all = states.flatMap((state) =>
      [...this.clusterRecords.values()]
        .map(({ value }) => value)
        .filter((cluster) => cluster.target === target && cluster.state === state),
    );
    const from = cursor === undefined ? 0 : Number(cursor);
    const items = all.slice(from, from + limit);
    return from + limit < all.length ? { items, cursor: String(from + limit) } : { items };
  }

  async operation(operationId: string) {
    return structuredClone(this.operations.get(operationId));
  }

  async openOperations(target: string) {
    const all = [...this.operations.values()].map(({ value }) => value);
    return all
      .filter((operation) => operation.target === target && !isDone(operation))
      .map(({ operationId }) => operationId);
  }

  async jobs(place: Place) {
    return [...this.jobRecords.entries()]
      .filter(([key]) => key.startsWith(`${subjectOf(place)}/jobs/`))
      .map(([, job]) => structuredClone(job));
  }

  async job(place: Place, jobId: string) {
    return structuredClone(this.jobRecords.get(`${subjectOf(place)}/jobs/${jobId}`));
  }

  async transitions(place: Place, { after, limit }: { readonly after: number; readonly limit: number }) {
    return this.written
      .filter((transition) => subjectOf(transition) === subjectOf(place) && transition.sequence > after)
      .slice(0, limit);
  }

  async idempotency(target: string, key: string) {
    return this.keys.get(`${target}/${key}`);
  }

  async commit(change: Change) {
    const { cluster, operations = [], jobs = [], transitions = [], idempotency } = structuredClone(change);
    const puts = [
      ...(cluster === undefined ? [] : [putOf(this.clusterRecords, subjectOf(cluster.value), cluster)]),
      ...operations.map((operation) => putOf(this.operations, operation.value.operationId, operation)),
      ...jobs.map((job) => putOf(this.jobRecords, `${subjectOf(job.value)}/jobs/${job.value.jobId}`, job)),
    ];
    const numbersTaken = transitions.some(({ id }) => this.written.some((known) => known.id === id));
    const keyTaken = idempotency !== undefined && this.keys.has(`${idempotency.target}/${idempotency.key}`);
    if (numbersTaken || keyTaken || puts.some(({ fits }) => !fits))
      throw new Fault('changed-meanwhile', 'somebody else changed it at the same time');
    for (const { write } of puts) write();
    this.written.push(...transitions);
    if (idempotency !== undefined) this.keys.set(`${idempotency.target}/${idempotency.key}`, idempotency);
  }
}

const putOf = <T>(
  records: Map<string, Versioned<T>>,
  key: string,
  { value, previous }: { readonly value: T; readonly previous: number | undefined },
) => ({
  fits: records.get(key)?.version === previous,
  write: () => records.set(key, { value, version: (previous ?? 0) + 1 }),
});

export class FakeTargets implements Targets {
  readonly known = new Map<string, Target>();

  async get(name: string): Promise<NamedTarget> {
    const target = this.known.get(name);
    if (target === undefined) throw new Fault('not-found', `there is no target ${name}`);
    return { ...target, name };
  }

  async list() {
    return [...this.known].map(([name, target]) => ({ ...target, name }));
  }

  async put(name: string, target: Target) {
    this.known.set(name, target);
  }
}
