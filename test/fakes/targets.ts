import { isDeepStrictEqual } from 'node:util';

import { Fault } from '#events/problems/problem.ts';
import type { NamedTarget, StoredTarget } from '#events/records/target.ts';
import { cutPage, type PageRequest } from '#shared/clusters/model/page.ts';
import { holdSeconds, newTakenFault, toPlace } from '#shared/clusters/model/target-place.ts';
import type { Store } from '#shared/clusters/ports/store.ts';
import type { TargetMove, Targets } from '#shared/clusters/ports/targets.ts';

const stageAccount = '000000000000';

export class FakeTargets implements Targets {
  readonly known = new Map<string, StoredTarget>();
  /** The places of targets that were removed or moved, which stay claimed for a while. */
  private readonly held = new Map<string, { readonly name: string; readonly untilMs: number }>();
  private readonly now: () => Date;

  private readonly store: Pick<Store, 'queue'>;

  constructor(now: () => Date, store: Pick<Store, 'queue'>) {
    this.now = now;
    this.store = store;
  }

  /** A test may replace it by a function that returns a cached target. */
  async get(name: string): Promise<NamedTarget> {
    return this.getLatest(name);
  }

  async getLatest(name: string): Promise<NamedTarget> {
    const target = this.known.get(name);
    if (target === undefined)
      throw new Fault('not-found', `Target ${name} is not registered. Register it, or check its name.`);
    return { ...target, name };
  }

  /** Whether the target was neither replaced nor removed since it was read. */
  isUnchanged(target: NamedTarget): boolean {
    const known = this.known.get(target.name);
    return known !== undefined && isDeepStrictEqual({ ...known, name: target.name }, target);
  }

  async list(page: PageRequest) {
    const names = (await this.listNames()).toSorted();
    return cutPage(await Promise.all(names.map((name) => this.getLatest(name))), page);
  }

  async listNames() {
    return [...this.known.keys()];
  }

  async put(name: string, target: StoredTarget) {
    if (this.isTaken(target, name)) throw newTakenFault(target);
    const before = this.known.get(name);
    if (before !== undefined) this.hold(name, before);
    this.known.set(name, target);
  }

  async move(name: string, { from, to, queueVersion }: TargetMove) {
    const known = this.known.get(name);
    const isInPlace = known !== undefined && toPlace(known, stageAccount) === toPlace(from, stageAccount);
    if (!isInPlace || (await this.store.queue(name)).queueVersion !== queueVersion)
      throw new Fault('conflict', 'A concurrent command changed the record. Retry the command.');
    await this.put(name, to);
  }

  async putIfAbsent(name: string, target: StoredTarget) {
    if (!this.known.has(name)) await this.put(name, target);
  }

  async remove(name: string) {
    const before = this.known.get(name);
    if (before !== undefined) this.hold(name, before);
    this.known.delete(name);
  }

  private hold(name: string, target: StoredTarget) {
    const untilMs = this.now().getTime() + holdSeconds * 1000;
    this.held.set(toPlace(target, stageAccount), { name, untilMs });
  }

  private isTaken(target: StoredTarget, name: string): boolean {
    const place = toPlace(target, stageAccount);
    const held = this.held.get(place);
    return (
      [...this.known].some(([other, one]) => other !== name && toPlace(one, stageAccount) === place) ||
      (held !== undefined && held.name !== name && held.untilMs >= this.now().getTime())
    );
  }
}
