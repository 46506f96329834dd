import { Fault } from '#events/problems/problem.ts';
import type { NamedTarget, StoredTarget } from '#events/records/target.ts';
import { cutPage, type PageRequest } from '#shared/clusters/model/page.ts';
import type { Targets } from '#shared/clusters/ports/targets.ts';

export class FakeTargets implements Targets {
  readonly known = new Map<string, StoredTarget>();

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

  async list(page: PageRequest) {
    const names = (await this.listNames()).toSorted();
    return cutPage(await Promise.all(names.map((name) => this.getLatest(name))), page);
  }

  async listNames() {
    return [...this.known.keys()];
  }

  async put(name: string, target: StoredTarget) {
    this.known.set(name, target);
  }

  async putIfAbsent(name: string, target: StoredTarget) {
    if (!this.known.has(name)) this.known.set(name, target);
  }

  async remove(name: string) {
    this.known.delete(name);
  }
}
