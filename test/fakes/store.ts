import { type Cluster, type ClusterState, isDone, type Job, type NamedTarget, type Target } from '#events/model.ts';
import { type Place, subjectOf } from '#events/names.ts';
import { Fault } from '#events/problem.ts';
import type { Schedule, ScheduleRun } from '#events/schedules.ts';
import type { LifetimeWarning, Transition } from '#events/transitions.ts';
import type { Claim, Line } from '#shared/clusters/admission.ts';
import type {
  Change,
  Element,
  Idempotency,
  Refusal,
  ScheduleName,
  Store,
  StoredOperation,
  Targets,
  VerdictRecord,
  Versioned,
} from '#shared/clusters/ports.ts';

/** The store in memory, with the same conditions as the table's. */
export class FakeStore implements Store {
  readonly clusterRecords = new Map<string, Versioned<Cluster>>();
  readonly operations = new Map<string, Versioned<StoredOperation>>();
  readonly jobRecords = new Map<string, Versioned<Job>>();
  readonly written: Transition[] = [];
  readonly keys = new Map<string, Idempotency>();
  readonly refusals = new Map<string, Refusal>();
  readonly gates = new Map<string, Versioned<Pick<Line, 'drained'>>>();
  readonly counts = new Map<string, number>();
  readonly waiting = new Map<string, Versioned<Claim>>();
  readonly holders = new Map<string, Claim>();
  readonly verdicts = new Map<string, VerdictRecord>();
  readonly warnings: LifetimeWarning[] = [];
  readonly scheduleRecords = new Map<string, Versioned<Schedule>>();
  readonly runRecords = new Map<string, Versioned<ScheduleRun>>();
  readonly elementRecords = new Map<string, Element>();

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
    return all.filter((operation) => operation.target === target && !isDone(operation));
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

  async refusal(target: string, key: string) {
    return this.refusals.get(`${target}/${key}`);
  }

  async verdict(operationId: string) {
    return this.verdicts.get(operationId);
  }

  async line(target: string): Promise<Line> {
    return this.lineOf(target);
  }

  private lineOf(target: string): Line {
    const gate = this.gates.get(target);
    return structuredClone({
      gate: gate?.version,
      drained: gate?.value.drained,
      waiting: [...this.waiting.values()].filter(({ value }) => value.target === target),
      holders: [...this.holders.values()].filter((claim) => claim.target === target),
      counted: this.counts.get(target) ?? 0,
    });
  }

  async lineHead(target: string) {
    const { waiting, counted, ...head } = this.lineOf(target);
    return { ...head, waiting: waiting.length === 0 ? 0 : Math.max(counted, 1) };
  }

  async count(target: string, waiting: { readonly to: number } | { readonly by: 1 }) {
    this.counts.set(target, 'to' in waiting ? waiting.to : (this.counts.get(target) ?? 0) + waiting.by);
  }

  async elements(batchId: string) {
    return [...this.elementRecords.values()]
      .filter((element) => element.batchId === batchId)
      .toSorted((one, other) => one.batchIndex - other.batchIndex);
  }

  async schedule({ target, name }: ScheduleName) {
    return structuredClone(this.scheduleRecords.get(`${target}/${name}`));
  }

  async schedules(target: string) {
    return [...this.scheduleRecords.values()].map(({ value }) => value).filter((one) => one.target === target);
  }

  async run({ target, name }: ScheduleName, runId: string) {
    return structuredClone(this.runRecords.get(`${target}/${name}/${runId}`));
  }

  async runs({ target, name }: ScheduleName, limit: number) {
    return [...this.runRecords.values()]
      .map(({ value }) => value)
      .filter((run) => run.target === target && run.name === name)
      .toSorted((one, other) => other.runId.localeCompare(one.runId))
      .slice(0, limit);
  }

  async commit(change: Change) {
    const { cluster, operations = [], jobs = [], transitions = [], idempotency, ...line } = structuredClone(change);
    const puts = [
      ...(cluster === undefined ? [] : [putOf(this.clusterRecords, subjectOf(cluster.value), cluster)]),
      ...operations.map((operation) => putOf(this.operations, operation.value.operationId, operation)),
      ...(line.gate === undefined
        ? []
        : [
            putOf(this.gates, line.gate.target, {
              value: { drained: line.gate.drained },
              previous: line.gate.previous,
            }),
          ]),
      ...(line.waiting === undefined ? [] : [putOf(this.waiting, line.waiting.value.operationId, line.waiting)]),
      ...(line.schedule === undefined ? [] : [this.scheduleWrite(line.schedule)]),
      ...(line.run === undefined
        ? []
        : [
            putOf(this.runRecords, `${line.run.value.target}/${line.run.value.name}/${line.run.value.runId}`, line.run),
          ]),
      ...jobs.map((job) => putOf(this.jobRecords, `${subjectOf(job.value)}/jobs/${job.value.jobId}`, job)),
    ];
    const numbersTaken = transitions.some(({ id }) => this.written.some((known) => known.id === id));
    const keyTaken = idempotency !== undefined && this.keys.has(`${idempotency.target}/${idempotency.key}`);
    if (numbersTaken || keyTaken || puts.some(({ fits }) => !fits))
      throw new Fault('changed-meanwhile', 'somebody else changed it at the same time');
    for (const { write } of puts) write();
    for (const { operationId } of line.left ?? []) this.waiting.delete(operationId);
    for (const { operationId } of line.freed ?? []) this.holders.delete(operationId);
    for (const claim of line.holders ?? []) this.holders.set(claim.operationId, claim);
    for (const verdict of line.verdicts ?? [])
      if (!this.verdicts.has(verdict.operationId)) this.verdicts.set(verdict.operationId, verdict);
    for (const element of line.elements ?? [])
      this.elementRecords.set(`${element.batchId}/${element.batchIndex}`, element);
    this.warnings.push(...(line.warnings ?? []));
    this.written.push(...transitions);
    if (idempotency !== undefined) this.keys.set(`${idempotency.target}/${idempotency.key}`, idempotency);
    if (line.refusal !== undefined) this.refusals.set(`${line.refusal.target}/${line.refusal.key}`, line.refusal);
  }

  private scheduleWrite({ target, name, value, previous }: NonNullable<Change['schedule']>) {
    const key = `${target}/${name}`;
    if (value !== undefined) return putOf(this.scheduleRecords, key, { value, previous });
    return {
      fits: this.scheduleRecords.get(key)?.version === previous,
      write: () => this.scheduleRecords.delete(key),
    };
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

  /** A test may put an older answer in its place. */
  async get(name: string): Promise<NamedTarget> {
    return this.current(name);
  }

  async current(name: string): Promise<NamedTarget> {
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

  async putBack(name: string, target: Target) {
    if (!this.known.has(name)) this.known.set(name, target);
  }

  async remove(name: string) {
    this.known.delete(name);
  }
}
