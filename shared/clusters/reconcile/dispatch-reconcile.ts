import type { Ports } from '#shared/clusters/ports/ports.ts';

import { forEachConcurrently } from '#shared/clusters/ports/isolation.ts';

/** Requests a reconcile and an admission for every target. Each target gets its own messages, so that a slow one delays no other. */
export const dispatchReconcile = async ({ targets, reconcileQueue, admissionQueue }: Ports): Promise<void> =>
  forEachConcurrently(await targets.listNames(), async (name) => {
    await reconcileQueue.send({ target: name });
    await admissionQueue.send(name);
  });
