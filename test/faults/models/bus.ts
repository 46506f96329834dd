import type { LogsKept } from '#events/records/kept-logs.ts';
import type { BusEvent, CommandFinished, LifetimeWarning, Rejection, Transition } from '#events/records/transitions.ts';
import type { Bus } from '#shared/clusters/ports/messaging.ts';
import type { Process } from '#test/faults/simulation.ts';

import { type ModelContext, noAnswers } from './context.ts';

/** EventBridge: a publication may be accepted in part. */
export class ModelBus {
  readonly transitions: Transition[] = [];
  readonly finished: CommandFinished[] = [];
  readonly warnings: LifetimeWarning[] = [];
  readonly logs: LogsKept[] = [];
  readonly rejected: Rejection[] = [];
  private readonly context: ModelContext;

  constructor(context: ModelContext) {
    this.context = context;
  }

  portOf(process: Process): Bus {
    const { simulation, random } = this.context;
    return {
      publish: (events) => {
        const some = Math.floor(random() * events.length);
        return simulation.call(process, {
          service: 'EventBridge',
          what: `publish ${events.length}`,
          apply: () => this.accept(events),
          failures: [
            {
              name: `the bus accepts only ${some}`,
              applied: false,
              seconds: 0.1,
              answer: () => this.accept(events.slice(0, some)),
            },
            ...noAnswers,
          ],
        });
      },
      reject: (rejection) =>
        simulation.call(process, {
          service: 'SQS',
          what: 'reject',
          apply: () => void this.rejected.push(rejection),
          failures: noAnswers,
        }),
    };
  }

  private accept(events: readonly BusEvent[]): number {
    for (const { type, detail } of events) {
      if (type === 'Flink Command Finished') this.finished.push(detail);
      if (type === 'Flink Lifetime Warning') this.warnings.push(detail);
      if (type === 'Flink Logs Kept') this.logs.push(detail);
      if ('sequence' in detail) this.transitions.push(detail);
    }
    return events.length;
  }
}
