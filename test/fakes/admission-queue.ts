import type { AdmissionQueue, AdmissionRequestOptions } from '#shared/clusters/ports/messaging.ts';

/** Requests for admission passes wait until a test runs them with `runQueues`. */
export class FakeAdmissionQueue implements AdmissionQueue {
  readonly sent: ({ readonly target: string } & AdmissionRequestOptions)[] = [];

  async send(target: string, options: AdmissionRequestOptions = {}) {
    this.sent.push({ target, ...options });
  }
}
