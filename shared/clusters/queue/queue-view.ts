import type { QueueView } from '#events/http/queue.ts';
import { evaluatePending } from '#shared/clusters/admission/pending.ts';
import {
  type AdmissionDecision,
  decideAdmissions,
  startingReason,
} from '#shared/clusters/model/admission/admission.ts';
import { Usage } from '#shared/clusters/model/admission/quota.ts';
import { cutPage, type PageRequest } from '#shared/clusters/model/page.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import type { Store } from '#shared/clusters/ports/store.ts';

/** The whole admission queue of a target: each queued command with its position and pending reason, and the usage. */
export const readQueueView = async (name: string, ports: Ports): Promise<QueueView> => {
  const target = await ports.targets.getLatest(name);
  const queueState = await ports.store.queue(name);
  const queuedCommands = queueState.queued.map(({ value }) => value);
  const { pendingReasons } = await evaluatePending(queuedCommands, target, ports);
  const usage = new Usage(queueState.admitted);
  const decisions = decideAdmissions(
    queuedCommands,
    { usage, replaceable: queueState.admitted },
    {
      target,
      paused: queueState.paused !== undefined,
      reservations: queueState.reservations,
      pendingReasons,
      now: ports.now(),
    },
  );
  return {
    target: name,
    ...(queueState.paused === undefined ? {} : { paused: queueState.paused }),
    limits: target.limits,
    usage: usage.total,
    teams: usage.listTeams().map(({ team, demand }) => ({ team, usage: demand })),
    length: decisions.length,
    queued: decisions.map(toQueuedCommandView),
  };
};

/**
 * A page of the admission queue of a target. Later pages are of a view that is at most five seconds old, because the
 * whole queue is evaluated for each view.
 */
export const readQueuePage = async (target: string, page: PageRequest, ports: Ports): Promise<QueueView> => {
  const view = await (page.cursor === undefined ? readQueueView(target, ports) : readRecentQueueView(target, ports));
  const { items, cursor } = cutPage(view.queued, page);
  return { ...view, queued: [...items], ...(cursor === undefined ? {} : { cursor }) };
};

const toQueuedCommandView = ({ command, position, pendingReason }: AdmissionDecision): QueueView['queued'][number] => {
  const { demand: _demand, target: _target, replaces: _replaces, ...rest } = command;
  return { position, ...rest, dependsOn: [...command.dependsOn], ...(pendingReason ?? startingReason) };
};

/** How long a view is reused: callers that wait for a command ask often, and the queue may be long. */
const maxViewAgeMs = 5_000;

interface CachedView {
  readonly view: Promise<QueueView>;
  readonly expiresMs: number;
}
const caches = new WeakMap<Store, Map<string, CachedView>>();

/** The view of a queue, at most five seconds old. */
export const readRecentQueueView = (target: string, ports: Ports): Promise<QueueView> => {
  const cache = caches.get(ports.store) ?? new Map<string, CachedView>();
  caches.set(ports.store, cache);
  const nowMs = ports.now().getTime();
  const cached = cache.get(target);
  if (cached !== undefined && cached.expiresMs > nowMs) return cached.view;
  const view = readQueueView(target, ports);
  cache.set(target, { view, expiresMs: nowMs + maxViewAgeMs });
  // A failure reaches the callers that wait for this view. The next caller reads the queue again.
  view.catch(() => cache.delete(target));
  return view;
};

/** Makes the next caller read the queue again, after a change that has to be visible. */
export const forgetRecentQueueView = (target: string, { store }: Ports): void => {
  caches.get(store)?.delete(target);
};
