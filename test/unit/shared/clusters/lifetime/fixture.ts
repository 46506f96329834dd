import { reconcileTarget } from '#shared/clusters/reconcile/reconcile-target.ts';
import { deliverTimerEvent } from '#test/fakes/lambda.ts';
import { type Send, sendHttp } from '#test/fakes/origins.ts';
import type { World } from '#test/fakes/world.ts';
import { clusterId, getCluster, jar, reconcile, runWorkflows, world } from '#test/unit/shared/clusters/fixture.ts';

export const minute = 60;
export const hour = 60 * minute;

export const getLifetime = async () => (await getCluster())?.lifetime;
export const listStops = () => [...world.store.operations.values()].filter(({ value }) => value.kind === 'stop');
export const listWarnings = () =>
  world.store.warnings.map(({ reason, version, endsAt }) => ({ reason, version, endsAt }));

/** Lets so many minutes pass, with a reconcile pass in each. */
export const reconcileMinutes = async (count: number) => {
  for (let passed = 0; passed < count; passed += 1) {
    world.passTime(minute);
    await reconcile();
  }
};
export const startSession = async (lifetime: object | undefined, send: Send = sendHttp) => {
  const data = { mode: 'session', ...(lifetime === undefined ? {} : { lifetime }) };
  const outcome = await send('deploy', { clusterId, data }, world);
  await runWorkflows();
  await reconcile();
  return outcome;
};
export const observeTarget = (ports: World['ports']) => reconcileTarget({ target: 'local' }, ports);
export const submitJob = async () => {
  await sendHttp('submit', { clusterId, data: { jar } }, world);
  await runWorkflows();
};
export const extend = (data: Readonly<Record<string, unknown>>, send: Send = sendHttp) =>
  send('extend', { clusterId, data }, world);

export const listTimerEvents = () => [...world.timers.oneTime.values()].map(({ timerEvent }) => timerEvent);
export const getTimerEvent = (kind: string) => {
  const found = listTimerEvents().find((one) => one.kind === kind);
  if (found === undefined) throw new Error(`no ${kind} is scheduled`);
  return found;
};
export const handleTimerEvent = (kind: string) => deliverTimerEvent(getTimerEvent(kind), world.ports);
