import type { NamedTarget, Target } from '#events/target.ts';

export interface Targets {
  /** As it was half a minute ago at the earliest. @throws Fault `not-found` */
  get(name: string): Promise<NamedTarget>;
  /** As it is now. @throws Fault `not-found` */
  current(name: string): Promise<NamedTarget>;
  list(): Promise<readonly NamedTarget[]>;
  put(name: string, target: Target): Promise<void>;
  /** Leaves one alone that is there. */
  putBack(name: string, target: Target): Promise<void>;
  remove(name: string): Promise<void>;
}
