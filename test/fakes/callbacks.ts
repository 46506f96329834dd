import type { CommandFinished, Rejection } from '#events/transitions.ts';
import type { Callbacks } from '#shared/clusters/ports/messaging.ts';

export class FakeCallbacks implements Callbacks {
  readonly answered: { readonly taskToken: string; readonly told: CommandFinished | Rejection }[] = [];

  async complete(taskToken: string, told: CommandFinished | Rejection) {
    this.answered.push({ taskToken, told });
    return true;
  }
}
