import type { TimerEvent } from '#shared/clusters/model/timer-event.ts';
import type { Timers } from '#shared/clusters/ports/scheduling.ts';
import { maxReceives } from '#shared/retries.ts';
import { deliverTimerEvent } from '#test/fakes/lambda.ts';
import type { Process } from '#test/faults/simulation.ts';

import { type ModelContext, noAnswers, reconcileSeconds, visibilitySeconds } from './context.ts';

const maxLatenessSeconds = 90;

/** EventBridge Scheduler and its queue: a timer event may come late, twice or never. */
export class ModelTimers {
  private readonly names = new Set<string>();
  private readonly context: ModelContext;

  constructor(context: ModelContext) {
    this.context = context;
  }

  portOf(process: Process): Timers {
    const { simulation } = this.context;
    return {
      set: (name, at, timerEvent) =>
        simulation.call(process, {
          service: 'EventBridge Scheduler',
          what: `set ${name}`,
          apply: () => this.set(name, at, timerEvent),
          failures: noAnswers,
        }),
      repeat: async () => undefined,
      cancel: (name) =>
        simulation.call(process, {
          service: 'EventBridge Scheduler',
          what: `cancel ${name}`,
          apply: () => void this.names.delete(name),
          failures: noAnswers,
        }),
    };
  }

  private set(name: string, at: Date, timerEvent: TimerEvent): void {
    const { simulation, random } = this.context;
    if (this.names.has(name)) return;
    this.names.add(name);
    const seconds = (at.getTime() - simulation.now) / 1000;
    const times = simulation.stormy ? Math.floor(random() * 3) : 1;
    for (let time = 0; time < times; time += 1)
      simulation.after(seconds + random() * maxLatenessSeconds, () => {
        if (this.names.has(name)) void this.deliver(timerEvent);
      });
  }

  private async deliver(timerEvent: TimerEvent): Promise<void> {
    const { simulation, portsOf } = this.context;
    for (let received = 1; received <= maxReceives; received += 1) {
      const isDelivered = await simulation
        .invoke(`timer event ${timerEvent.kind}`, reconcileSeconds, (process) =>
          deliverTimerEvent(timerEvent, portsOf(process)),
        )
        .then(() => true)
        .catch(() => false);
      if (isDelivered) return;
      await simulation.wait(visibilitySeconds);
    }
  }
}
