import type { AdmissionQueue } from '#shared/clusters/ports/messaging.ts';

/** Requests for admission passes wait until a test runs them with `runQueues`. */
export class FakeAdmissionQueue implements AdmissionQueue {
  readonly sent: string[] = [];

  async send(target: string) {
    this.sent.push(target);
  }
}
