import type { BusEvent, Rejection } from '#events/records/transitions.ts';
import type { Bus } from '#shared/clusters/ports/messaging.ts';

export class FakeBus implements Bus {
  readonly published: BusEvent[] = [];
  readonly rejected: { readonly rejection: Rejection; readonly message: string }[] = [];

  async publish(events: readonly BusEvent[]) {
    this.published.push(...events);
    return events.length;
  }

  async reject(rejection: Rejection, message: string) {
    this.rejected.push({ rejection, message });
  }
}
