import type { NamedTarget, StoredTarget } from '#events/records/target.ts';
import type { Page, PageRequest } from '#shared/clusters/model/page.ts';

/** A change of the place of a target. */
export interface TargetMove {
  readonly from: StoredTarget;
  readonly to: StoredTarget;
  readonly queueVersion: number | undefined;
}

/**
 * The targets that clusters are deployed to. Each has a place of its own: an account, a region, an EKS cluster and a
 * namespace. The write of a target claims its place, and its removal or move releases the place after three minutes.
 */
export interface Targets {
  /** A target, from a cache that is at most 30 seconds old. @throws Fault `not-found` */
  get(name: string): Promise<NamedTarget>;
  /** A target as it is now. @throws Fault `not-found` */
  getLatest(name: string): Promise<NamedTarget>;
  /** The targets as they are now, in the order of their names. */
  list(page: PageRequest): Promise<Page<NamedTarget>>;
  /** The names of all targets, also of those that this version of Drey cannot read. */
  listNames(): Promise<readonly string[]>;
  /**
   * Creates or replaces a target.
   *
   * @throws Fault `namespace-taken` when another target has the place; `conflict` after a concurrent write.
   */
  put(name: string, target: StoredTarget): Promise<void>;
  /**
   * Moves a target to another place: the target, the claims of both places and the check of the queue are one transaction,
   * so that the target exists at each time.
   *
   * @param queueVersion The version of the admission queue on which the move is based.
   * @throws Fault `namespace-taken` when another target has the place; `conflict` when the target is no longer in its
   *   place, or the queue has another version.
   */
  move(name: string, move: TargetMove): Promise<void>;
  /** Creates a target. An existing one is kept. @throws Fault `namespace-taken` when another target has the place. */
  putIfAbsent(name: string, target: StoredTarget): Promise<void>;
  /** Removes a target. A missing one is ignored. @throws Fault `conflict` after a concurrent write. */
  remove(name: string): Promise<void>;
}
