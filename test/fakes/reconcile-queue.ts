import type { ReconcileRequest } from '#shared/clusters/model/reconcile-request.ts';
import type { ReconcileQueue } from '#shared/clusters/ports/messaging.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';

import { deliverReconcile } from './lambda.ts';

/** Hands each look to the function behind the queue at once. */
export class FakeReconcileQueue implements ReconcileQueue {
  readonly handed: ReconcileRequest[] = [];
  private readonly ports: () => Ports;

  constructor(ports: () => Ports) {
    this.ports = ports;
  }

  async send(look: ReconcileRequest) {
    this.handed.push(look);
    await deliverReconcile(look, this.ports());
  }
}
