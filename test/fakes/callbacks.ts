import type { CommandFinished, Rejection } from '#events/records/transitions.ts';
import type { Callbacks } from '#shared/clusters/ports/messaging.ts';

export class FakeCallbacks implements Callbacks {
  readonly completed: { readonly taskToken: string; readonly output: CommandFinished | Rejection }[] = [];

  async complete(taskToken: string, output: CommandFinished | Rejection) {
    this.completed.push({ taskToken, output });
    return true;
  }
}
