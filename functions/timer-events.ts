import { dreyPrincipals } from '#events/principal.ts';
import { TimerEvent } from '#shared/clusters/model/timer-event.ts';
import type { World } from '#shared/clusters/ports/ports.ts';
import { handleTimerEvent } from '#shared/clusters/schedules/handle-timer-event.ts';
import {
  jars,
  kubernetes,
  payloads,
  queues,
  revisionSpecs,
  specs,
  table,
  timers,
  workflows,
} from '#shared/live/adapters.ts';
import { openWorld } from '#shared/live/world.ts';
import { maxReceives } from '#shared/retries.ts';

import { parseMessage, sqsHandler } from './handlers/sqs.ts';

/** Handles the messages of EventBridge Scheduler. One that fails each time goes to the dead-letter queue, which has an alarm. */
export const timerEventsHandler = (world: World) =>
  sqsHandler(world, {
    principal: dreyPrincipals.timers,
    handle: async ({ body, messageId, attributes }, ports) => {
      const sentAt = new Date(Number(attributes.SentTimestamp));
      const isLast = Number(attributes.ApproximateReceiveCount) >= maxReceives;
      await handleTimerEvent(parseMessage(TimerEvent, body), { messageId, sentAt, isLast }, ports);
    },
  });

export const handler = timerEventsHandler(
  openWorld<'timerEvents'>({ table, kubernetes, workflows, jars, payloads, revisionSpecs, specs, queues, timers }),
);
