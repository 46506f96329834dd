import type { NamedTarget, Target } from '#events/target.ts';

/** The targets that clusters are deployed to. */
export interface Targets {
  /** A target, from a cache that is at most 30 seconds old. @throws Fault `not-found` */
  get(name: string): Promise<NamedTarget>;
  /** A target as it is now. @throws Fault `not-found` */
  getLatest(name: string): Promise<NamedTarget>;
  /** All targets as they are now. */
  list(): Promise<readonly NamedTarget[]>;
  /** Creates or replaces a target. */
  put(name: string, target: Target): Promise<void>;
  /** Creates a target. An existing one is kept. */
  putIfAbsent(name: string, target: Target): Promise<void>;
  /** Removes a target. A missing one is ignored. */
  remove(name: string): Promise<void>;
}
