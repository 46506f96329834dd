import type { AdmissionQueue } from '#shared/clusters/ports/messaging.ts';

/** Targets whose line is to be looked at: {@link runQueues} looks. */
export class FakeAdmissionQueue implements AdmissionQueue {
  readonly asked: string[] = [];

  async send(target: string) {
    this.asked.push(target);
  }
}
