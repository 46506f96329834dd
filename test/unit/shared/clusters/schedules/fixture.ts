import { schedulesHandler } from '#functions/schedules.ts';
import { specsHandler } from '#functions/specs.ts';
import type { ScheduleTimerEvent } from '#shared/clusters/model/timer-event.ts';
import { callHandler, deliverTimerEvent, makeHttpEvent } from '#test/fakes/lambda.ts';
import { sendHttp } from '#test/fakes/origins.ts';
import { runWorkflows, session, world } from '#test/unit/shared/clusters/fixture.ts';

export const office = { ...session, clusterId: 'office', labels: { team: 'etl' } };
export const every = 'cron(0 20 ? * MON-FRI *)';
export const evening = {
  action: 'stop',
  expression: every,
  timezone: 'Europe/Berlin',
  selector: { labels: { team: 'etl' } },
};

const makeCaller =
  (handler: typeof schedulesHandler | typeof specsHandler, what: string) =>
  (method: string, name?: string, body?: unknown, rest = '') =>
    callHandler(
      handler(world.ports),
      makeHttpEvent(
        `${method} /v1/targets/{target}/${what}${name === undefined ? '' : `/{name}${rest}`}`,
        { target: 'local', ...(name === undefined ? {} : { name }) },
        { body },
      ),
    );
export const callSchedules = makeCaller(schedulesHandler, 'schedules');
export const callSpecs = makeCaller(specsHandler, 'specs');
export const listRuns = async (name: string) =>
  (await callSchedules('GET', name, undefined, '/runs')).body['runs'] as { results: object[]; scheduledAt: string }[];

export const startSession = async (clusterId: string, fields: object = {}) => {
  await sendHttp('deploy', { clusterId, data: { ...session, ...fields } }, world);
  await runWorkflows();
};
/** The message that the scheduler sends, after its newest definition. */
export const getTimerEvent = (scheduledAt: string | undefined = '2026-11-23T19:00:00Z'): ScheduleTimerEvent => {
  const [timer] = world.timers.recurring.values();
  if (timer === undefined) throw new Error('nothing repeats');
  return { ...timer.timerEvent, ...(scheduledAt === undefined ? {} : { scheduledAt }) };
};
export const handleTimerEvent = (scheduledAt?: string) => deliverTimerEvent(getTimerEvent(scheduledAt), world.ports);
export const listOperations = (kind: string) =>
  [...world.store.operations.values()].filter(({ value }) => value.kind === kind);
