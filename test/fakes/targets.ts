import { Fault } from '#events/problem.ts';
import type { NamedTarget, Target } from '#events/target.ts';
import type { Targets } from '#shared/clusters/ports/targets.ts';

export class FakeTargets implements Targets {
  readonly known = new Map<string, Target>();

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

  async list() {
    return [...this.known].map(([name, target]) => ({ ...target, name }));
  }

  async put(name: string, target: Target) {
    this.known.set(name, target);
  }

  async putIfAbsent(name: string, target: Target) {
    if (!this.known.has(name)) this.known.set(name, target);
  }

  async remove(name: string) {
    this.known.delete(name);
  }
}
