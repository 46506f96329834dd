import type { ReconcileRequest, YoungRequest } from '#shared/clusters/model/reconcile-request.ts';
import type { ReconcileQueue } from '#shared/clusters/ports/messaging.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';

import { deliverReconcile } from './lambda.ts';

/** Delivers each request at once to the function that receives it. */
export class FakeReconcileQueue implements ReconcileQueue {
  readonly sent: ReconcileRequest[] = [];
  /** Requests about young applications, which a test delivers when their time has come. */
  readonly followed: { readonly request: YoungRequest; readonly delaySeconds: number }[] = [];
  private readonly ports: () => Ports;

  constructor(ports: () => Ports) {
    this.ports = ports;
  }

  async send(request: ReconcileRequest) {
    this.sent.push(request);
    await deliverReconcile(request, this.ports());
  }

  async follow(request: YoungRequest, delaySeconds: number) {
    this.followed.push({ request, delaySeconds });
  }
}
