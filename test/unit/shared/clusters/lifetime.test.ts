import { beforeEach, describe, expect, it } from 'vitest';

import type { Target } from '#events/target.ts';
import { commands } from '#events/commands/index.ts';
import { planDeploy } from '#shared/clusters/queries/deploy-plan.ts';
import { dispatchReconcile } from '#shared/clusters/reconcile/dispatch-reconcile.ts';
import { reconcileTarget as lookAtTarget } from '#shared/clusters/reconcile/reconcile-target.ts';

import { doors, jarBytes, letIn, makeWorld, type Send, throughFirings, type World } from '../../../fakes/world.ts';

const clusterId = 'etl';
const clusterRef = { target: 'local', clusterId };
const jar = 's3://bucket/uploads/local/1/job.jar';
const savepointDirectory = 's3://bucket/savepoints';
const minute = 60;
const hour = 60 * minute;

let world: World;
beforeEach(() => {
  world = makeWorld();
  world.jars.held.set(jar, jarBytes);
});

const [, throughHttp] = doors[0]!;
const cluster = async () => (await world.store.cluster(clusterRef))?.value;
const lifetime = async () => (await cluster())?.lifetime;
const stops = () => [...world.store.operations.values()].filter(({ value }) => value.kind === 'stop');
const told = () => world.store.warnings.map(({ reason, version, endsAt }) => ({ reason, version, endsAt }));
const workflows = () => world.workflows.runAll(world.ports);
const look = () => dispatchReconcile(world.ports);
/** Lets so many minutes pass, with a look in each. */
const minutes = async (count: number) => {
  for (let passed = 0; passed < count; passed += 1) {
    world.pass(minute);
    await look();
  }
};
const started = async (asked: object | undefined, send: Send = throughHttp) => {
  const data = { mode: 'session', ...(asked === undefined ? {} : { lifetime: asked }) };
  const outcome = await send('deploy', { clusterId, data }, world);
  await workflows();
  await look();
  return outcome;
};
const observeTarget = (ports: World['ports']) => lookAtTarget({ target: 'local' }, ports);
const submitted = async () => {
  await throughHttp('submit', { clusterId, data: { jar } }, world);
  await workflows();
};
const extend = (data: Readonly<Record<string, unknown>>, send: Send = throughHttp) =>
  send('extend', { clusterId, data }, world);
const limit = (fields: Partial<Target>) => {
  const target = world.targets.known.get('local');
  if (target !== undefined) world.targets.known.set('local', { ...target, ...fields });
};
const firings = () => [...world.timers.waiting.values()].map(({ timerEvent }) => timerEvent);
const timerEvent = (kind: string) => {
  const found = firings().find((one) => one.kind === kind);
  if (found === undefined) throw new Error(`no ${kind} is scheduled`);
  return found;
};
const handleTimerEvent = (kind: string) => throughFirings(timerEvent(kind), world.ports);

describe.each(doors)('through %s, a deploy with a lifetime', (_door, send) => {
  it('has its end in the record, and both firings scheduled', async () => {
    await started({ ttl: '2h', savepoint: 'best-effort' }, send);

    expect(await lifetime()).toMatchObject({
      version: 1,
      ttl: '2h',
      endsAt: '2026-11-23T14:00:00.000Z',
      savepoint: 'best-effort',
      scheduled: 1,
    });
    expect([...world.timers.waiting.values()].map(({ at, timerEvent: { kind } }) => [kind, at.toISOString()])).toEqual([
      ['warning', '2026-11-23T13:50:00.000Z'],
      ['end', '2026-11-23T14:00:00.000Z'],
    ]);
  });

  it.each([
    [{ ttl: '2 hours' }, 'malformed-request', '/lifetime/ttl'],
    [{ until: '2026-11-23T11:59:00Z' }, 'malformed-request', '/lifetime/until'],
    [{ ttl: '2d' }, 'over-limit', '/lifetime/ttl'],
    [{ until: '2026-11-25T12:00:00Z' }, 'over-limit', '/lifetime/until'],
  ])('is refused with %j, where a cluster gets a day old at most', async (asked, code, pointer) => {
    limit({ maxAge: '1d' });

    const outcome = await started(asked, send);

    expect(outcome).toMatchObject({ outcome: 'rejected', code, pointers: [pointer] });
    expect(await cluster()).toBeUndefined();
  });

  it('is extended by a new end, under a new version', async () => {
    await started({ ttl: '1h', savepoint: 'required' }, send);
    world.pass(30 * minute);

    const outcome = await extend({ ttl: '1h' }, send);
    await look();

    expect(outcome.outcome).toBe('done');
    expect(await lifetime()).toMatchObject({
      version: 2,
      endsAt: '2026-11-23T13:30:00.000Z',
      savepoint: 'required',
      scheduled: 2,
    });
    expect(firings().map((one) => ('version' in one ? one.version : 0))).toEqual([2, 2]);
  });
});

describe('a lifetime that cannot be', () => {
  it('is found in a plan, before anything is done', async () => {
    const data = commands.deploy.data.parse({ mode: 'session', lifetime: { ttl: '2d' } });
    limit({ maxAge: '1d' });

    await expect(planDeploy('local', data, world.ports)).rejects.toMatchObject({ code: 'over-limit' });
  });

  it('is found in each row of a batch', async () => {
    const job = { jar: 'local:///opt/flink/usrlib/a.jar' };
    const template = { mode: 'application', job, lifetime: { ttl: '2h', idleAfter: '1h' } };

    const outcome = await throughHttp('batch', { data: { name: 'rows', template, parameters: [{}] } }, world);

    expect(outcome).toMatchObject({ outcome: 'rejected', pointers: ['/template/lifetime/idleAfter'] });
  });
});

describe('a lifetime', () => {
  it('ends the cluster when the firing of its end comes, as it was asked to', async () => {
    await started({ ttl: '1h', ha: 'purge' });
    world.pass(hour);

    await handleTimerEvent('end');
    await workflows();

    expect(await cluster()).toMatchObject({ state: 'STOPPED', reason: 'LifetimeEnded' });
    expect(stops()).toMatchObject([
      { value: { origin: 'schedule', request: { kind: 'stop', data: { ha: 'purge', savepoint: 'none' } } } },
    ]);
    expect(world.kubernetes.clusters.size).toBe(0);
  });

  it('ends it by the look of the minute when no firing comes', async () => {
    await started({ ttl: '1h' });
    world.timers.waiting.clear();

    await minutes(60);
    await workflows();

    expect(await cluster()).toMatchObject({ state: 'STOPPED', reason: 'LifetimeEnded' });
    expect(stops()).toMatchObject([{ value: { origin: 'reconciler' } }]);
  });

  it('ends it though a bug keeps another operation from being carried on', async () => {
    await started({ ttl: '1h' });
    world.pass(hour);
    await throughHttp('deploy', { clusterId: 'other', data: { mode: 'session' } }, world);
    world.workflows.started.splice(0);
    world.pass(3 * minute);
    const { workflows: whole } = world.ports;
    const start: typeof whole.start = async (machine, operationId) => {
      if (machine === 'startup') throw new TypeError('a bug');
      return whole.start(machine, operationId);
    };

    await observeTarget({ ...world.ports, workflows: { start } });

    expect(await cluster()).toMatchObject({ state: 'STOPPING', reason: 'LifetimeEnded' });
  });

  it('ends it while its target cannot be reached: the stop is recorded, and waits', async () => {
    await started({ ttl: '1h' });
    world.kubernetes.unreachable = true;

    await minutes(60);

    expect(await cluster()).toMatchObject({ state: 'STOPPING', reason: 'LifetimeEnded' });
  });

  it('ends at the earlier of ttl and until', async () => {
    await started({ ttl: '2h', until: '2026-11-23T14:30:00+01:00' });

    expect(await lifetime()).toMatchObject({ endsAt: '2026-11-23T13:30:00.000Z' });
  });

  it('makes one stop of two firings and a look', async () => {
    await started({ ttl: '1h' });
    const end = timerEvent('end');
    world.pass(hour);

    await Promise.all([throughFirings(end, world.ports), throughFirings(end, world.ports)]);
    await look();
    await workflows();
    await throughFirings(end, world.ports);

    expect(stops()).toHaveLength(1);
    expect(world.store.written.filter(({ to }) => to === 'STOPPING')).toHaveLength(1);
  });

  it('does nothing at a firing that comes late, behind an extension', async () => {
    await started({ ttl: '1h' });
    const late = timerEvent('end');
    await extend({ ttl: '3h' });
    world.pass(2 * hour);

    await throughFirings(late, world.ports);

    expect(await cluster()).toMatchObject({ state: 'RUNNING' });
    expect(stops()).toEqual([]);
  });

  it('does nothing at a firing of an earlier life of the id', async () => {
    await started({ ttl: '1h' });
    const late = timerEvent('end');
    await throughHttp('stop', { clusterId }, world);
    await workflows();
    await started({ ttl: '1h' });
    world.pass(2 * hour);

    await throughFirings(late, world.ports);

    expect(await cluster()).toMatchObject({ state: 'RUNNING' });
  });

  it('does nothing at a firing that comes before its time', async () => {
    await started({ ttl: '1h' });

    await handleTimerEvent('end');

    expect(await cluster()).toMatchObject({ state: 'RUNNING' });
  });

  it('leaves no schedule behind when its cluster is stopped before', async () => {
    await started({ ttl: '1h' });

    await throughHttp('stop', { clusterId }, world);
    await workflows();

    expect(firings()).toEqual([]);
  });

  it('begins when the cluster starts, not while it waits in line', async () => {
    limit({ limits: { clusters: 1 } });
    await throughHttp('deploy', { clusterId: 'other', data: { mode: 'session' } }, world);
    await throughHttp('deploy', { clusterId, data: { mode: 'session', lifetime: { ttl: '1h' } } }, world);
    await workflows();
    world.pass(2 * hour);
    expect(await cluster()).toMatchObject({ state: 'QUEUED', lifetime: { ttl: '1h' } });

    await throughHttp('stop', { clusterId: 'other' }, world);
    await workflows();
    await world.ports.admissionQueue.send('local');
    await letIn(world);

    const { startedAt = '', endsAt = '' } = (await lifetime()) ?? {};
    expect(Date.parse(endsAt) - Date.parse(startedAt)).toBe(hour * 1000);
    expect(startedAt > '2026-11-23T14:00').toBe(true);
  });

  it('keeps nobody in line past its until', async () => {
    limit({ limits: { clusters: 1 } });
    await throughHttp('deploy', { clusterId: 'other', data: { mode: 'session' } }, world);
    const asked = { until: '2026-11-23T13:00:00Z' };
    await throughHttp('deploy', { clusterId, data: { mode: 'session', lifetime: asked } }, world);
    await workflows();

    world.pass(2 * hour);
    await look();

    expect(await cluster()).toMatchObject({ state: 'FAILED', reason: 'DeadlineExceeded' });
  });

  it('comes from the target where the deploy names none', async () => {
    limit({ maxAge: '1d' });

    await started(undefined);

    expect(await lifetime()).toMatchObject({ endsAt: '2026-11-24T12:00:00.000Z' });
  });

  describe('of a cluster that failed and is kept to be looked at', () => {
    beforeEach(async () => {
      world.kubernetes.startsAtOnce = false;
      const data = { mode: 'session', onFailure: 'keep', lifetime: { ttl: '1h' } };
      await throughHttp('deploy', { clusterId, data }, world);
      await workflows();
    });

    it('is scheduled, warned of and ended like any other', async () => {
      await look();
      expect(firings().map(({ kind }) => kind)).toEqual(['warning', 'end']);

      await minutes(55);
      await handleTimerEvent('end');
      await workflows();

      expect(told()).toHaveLength(1);
      expect(await cluster()).toMatchObject({ state: 'STOPPED', reason: 'LifetimeEnded' });
      expect(world.kubernetes.clusters.size).toBe(0);
      expect(firings()).toEqual([]);
    });

    it('ends by the look of the minute when no firing comes, while nothing answers', async () => {
      world.kubernetes.unreachable = true;

      await minutes(60);

      expect(await cluster()).toMatchObject({ state: 'STOPPING', reason: 'LifetimeEnded' });
    });

    it('is extended', async () => {
      await minutes(30);

      expect(await extend({ ttl: '2h' })).toMatchObject({ outcome: 'done' });
      await minutes(100);
      expect(await cluster()).toMatchObject({ state: 'FAILED', lifetime: { version: 2 } });
      await minutes(30);
      await workflows();

      expect(await cluster()).toMatchObject({ state: 'STOPPED' });
    });
  });
});

describe('extend', () => {
  it.each([
    ['nothing', {}, 'malformed-request'],
    ['an until that is over', { until: '2026-11-23T11:00:00Z' }, 'malformed-request'],
    ['more than the target allows', { ttl: '1d' }, 'over-limit'],
  ])('refuses %s', async (_what, data, code) => {
    limit({ maxAge: '1d' });
    await started({ ttl: '1h' });
    world.pass(minute);

    expect(await extend(data)).toMatchObject({ outcome: 'rejected', code });
    expect(await lifetime()).toMatchObject({ version: 1 });
  });

  it('gives an end to a cluster that had none', async () => {
    await started(undefined);

    await extend({ ttl: '2h', warnBefore: '5min' });

    expect(await lifetime()).toMatchObject({ version: 1, endsAt: '2026-11-23T14:00:00.000Z', warnBefore: '5min' });
  });

  it('is too late for a cluster that is being stopped', async () => {
    await started({ ttl: '1h' });
    world.pass(hour);
    await handleTimerEvent('end');

    expect(await extend({ ttl: '2h' })).toMatchObject({ outcome: 'rejected', code: 'wrong-state' });
  });

  it('is too late for a cluster that failed, of which nothing is kept', async () => {
    world.kubernetes.startsAtOnce = false;
    await started({ ttl: '1h' });

    expect(await extend({ ttl: '2h' })).toMatchObject({ outcome: 'rejected', code: 'wrong-state' });
  });

  it('comes back to a cluster that still waits in line', async () => {
    limit({ limits: { clusters: 1 } });
    await throughHttp('deploy', { clusterId: 'other', data: { mode: 'session' } }, world);
    await started({ ttl: '1h' });

    expect(await extend({ ttl: '2h' })).toMatchObject({ outcome: 'returned', code: 'not-ready' });
  });
});

describe('the warning of an end', () => {
  it('comes once, by whatever notices its time first', async () => {
    await started({ ttl: '1h' });
    world.pass(50 * minute);

    await handleTimerEvent('warning');
    await handleTimerEvent('warning');
    await minutes(5);

    expect(told()).toEqual([{ reason: 'LifetimeEnds', version: 1, endsAt: '2026-11-23T13:00:00.000Z' }]);
  });

  it('comes again behind an extension', async () => {
    await started({ ttl: '1h', warnBefore: '20min' });
    await minutes(45);
    await extend({ ttl: '1h' });
    await minutes(45);

    expect(told().map(({ version }) => version)).toEqual([1, 2]);
  });

  it('comes at once where the cluster lives less long than that', async () => {
    await started({ ttl: '5min' });

    expect(told()).toHaveLength(1);
  });

  it('does not come where it is not wanted', async () => {
    await started({ ttl: '1h', warnBefore: '0s' });
    await minutes(59);

    expect(told()).toEqual([]);
    expect(firings().map(({ kind }) => kind)).toEqual(['end']);
  });
});

describe('a required savepoint that fails', () => {
  const failing = async () => {
    await started({ ttl: '1h', savepoint: 'required', savepointDirectory });
    await submitted();
    world.kubernetes.cluster(clusterId).flink.savepoint = () => ({ failure: 'java.io.IOException: disk full' });
    world.pass(hour);
    await handleTimerEvent('end');
    await workflows();
  };

  it('keeps the cluster, and says so', async () => {
    await failing();

    expect(await cluster()).toMatchObject({ state: 'RUNNING', reason: 'SavepointFailed' });
    expect(world.store.written.at(-1)).toMatchObject({ from: 'STOPPING', to: 'RUNNING', reason: 'SavepointFailed' });
    expect(stops()).toMatchObject([{ value: { state: 'FAILED', problem: { code: 'savepoint-failed' } } }]);
  });

  it('is tried again after ten minutes, and then ends the cluster', async () => {
    await failing();
    world.kubernetes.cluster(clusterId).flink.savepoints.clear();
    world.kubernetes.cluster(clusterId).flink.savepoint = () => ({ location: `${savepointDirectory}/1` });

    await minutes(9);
    expect(stops()).toHaveLength(1);
    await minutes(2);
    await workflows();
    await minutes(2);

    expect(stops()).toHaveLength(2);
    expect(await cluster()).toMatchObject({ state: 'STOPPED' });
    expect([...world.store.jobRecords.values()]).toMatchObject([{ value: { savepoint: `${savepointDirectory}/1` } }]);
  });

  it('is not given up when the target cannot be reached until the deadline of the stop', async () => {
    await started({ ttl: '1h', savepoint: 'required', savepointDirectory });
    await submitted();
    world.kubernetes.unreachable = true;
    await minutes(100);
    world.kubernetes.unreachable = false;

    await minutes(10);
    await workflows();

    expect([...world.store.jobRecords.values()]).toMatchObject([
      { value: { state: 'FINISHED', savepoint: expect.stringContaining(savepointDirectory) } },
    ]);
  });
});

describe('a stop with required savepoints that failed', () => {
  it('ends all the same when its Deployment was deleted meanwhile: there is nothing to save', async () => {
    await started(undefined);
    await submitted();
    await throughHttp('stop', { clusterId, data: { savepoint: 'required', savepointDirectory } }, world);
    world.kubernetes.deleteByHand(clusterId);
    await workflows();
    expect(await cluster()).toMatchObject({ state: 'STOPPING' });

    await minutes(6);
    await workflows();

    expect(await cluster()).toMatchObject({ state: 'STOPPED' });
  });
});

describe('a stop with required savepoints of a cluster that waits in line', () => {
  it('ends it: there is nothing to save', async () => {
    limit({ limits: { clusters: 1 } });
    await throughHttp('deploy', { clusterId: 'other', data: { mode: 'session' } }, world);
    await started(undefined);
    expect(await cluster()).toMatchObject({ state: 'QUEUED' });

    await throughHttp('stop', { clusterId, data: { savepoint: 'required' } }, world);
    await workflows();

    expect(await cluster()).toMatchObject({ state: 'STOPPED' });
    expect(stops()).toMatchObject([{ value: { state: 'SUCCEEDED' } }]);
  });
});

describe('a look that meets an error of one cluster', () => {
  it('goes on with the others', async () => {
    await started({ ttl: '1h' });
    await throughHttp('deploy', { clusterId: 'other', data: { mode: 'session' } }, world);
    await workflows();
    world.kubernetes.cluster('other').flink.addJob('a'.repeat(32));
    world.timers.waiting.clear();
    world.pass(hour);
    world.ports.workflows.start = async () => {
      throw Object.assign(new Error('Rate exceeded'), { name: 'ThrottlingException' });
    };

    await look();

    expect([...world.store.jobRecords.values()]).toMatchObject([{ value: { clusterId: 'other' } }]);
  });
});

describe('a session that ends when it is idle', () => {
  const idleAfter = '30min';

  it('ends when no job lived for that long, and is told of before', async () => {
    await started({ idleAfter });

    await minutes(31);
    await workflows();

    expect(await cluster()).toMatchObject({ state: 'STOPPED', reason: 'Idle' });
    expect(told()).toMatchObject([{ reason: 'Idle' }]);
  });

  it('lives while a job runs, and counts from its end', async () => {
    await started({ idleAfter });
    await submitted();
    await minutes(60);
    expect(await cluster()).toMatchObject({ state: 'RUNNING' });
    expect((await lifetime())?.idle).toBeUndefined();

    const [jobId = ''] = world.kubernetes.cluster(clusterId).flink.jobs.keys();
    world.kubernetes.cluster(clusterId).flink.setState(jobId, 'FINISHED');
    await minutes(29);
    expect(await cluster()).toMatchObject({ state: 'RUNNING' });
    await minutes(3);
    await workflows();

    expect(await cluster()).toMatchObject({ state: 'STOPPED' });
  });

  it('does not count time in which the API server did not answer', async () => {
    await started({ idleAfter });
    world.kubernetes.unreachable = true;
    await minutes(120);
    expect(await cluster()).toMatchObject({ state: 'RUNNING' });

    world.kubernetes.unreachable = false;
    await minutes(30);
    expect(await cluster()).toMatchObject({ state: 'RUNNING' });
    await minutes(2);
    await workflows();

    expect(await cluster()).toMatchObject({ state: 'STOPPED' });
  });

  it('does not count time in which Flink did not answer', async () => {
    await started({ idleAfter });
    await minutes(10);
    world.kubernetes.cluster(clusterId).flink.leaderless = true;
    await minutes(25);
    world.kubernetes.cluster(clusterId).flink.leaderless = false;

    await minutes(29);

    expect(await cluster()).toMatchObject({ state: 'RUNNING' });
  });

  it('does not count time in which nobody looked', async () => {
    await started({ idleAfter });
    await minutes(10);
    world.pass(hour);

    await minutes(29);

    expect(await cluster()).toMatchObject({ state: 'RUNNING' });
  });

  it('lives while somebody is about to start a job on it', async () => {
    await started({ idleAfter });
    await minutes(29);
    await throughHttp('submit', { clusterId, data: { jar } }, world);

    await minutes(3);
    expect(await cluster()).toMatchObject({ state: 'RUNNING' });
    await workflows();
    await minutes(60);

    expect(await cluster()).toMatchObject({ state: 'RUNNING' });
  });

  it('lives behind a submit that no list shows yet', async () => {
    await started({ idleAfter });
    await minutes(29);
    await throughHttp('submit', { clusterId, data: { jar } }, world);
    // An index is behind what it lists.
    world.store.openOperations = async () => [];

    await minutes(3);

    expect(await cluster()).toMatchObject({ state: 'RUNNING' });
    expect(stops()).toEqual([]);
  });

  it('refuses a submit that its end was faster than', async () => {
    await started({ idleAfter });
    await minutes(29);
    const commit = world.store.commit.bind(world.store);
    world.store.commit = async (change) => {
      world.store.commit = commit;
      await minutes(2);
      return commit(change);
    };

    const outcome = await throughHttp('submit', { clusterId, data: { jar } }, world);

    expect(outcome).toMatchObject({ outcome: 'rejected', code: 'wrong-state' });
    expect(await cluster()).toMatchObject({ state: 'STOPPING', reason: 'Idle' });
  });

  it('begins anew behind an extension', async () => {
    await started({ idleAfter });
    await minutes(29);
    await extend({ idleAfter });
    await minutes(29);

    expect(await cluster()).toMatchObject({ state: 'RUNNING', lifetime: { version: 2 } });
  });

  it('is not an application: that ends with its program', async () => {
    const job = { jar: 'local:///opt/flink/usrlib/a.jar' };
    const data = { mode: 'application', job, lifetime: { idleAfter } };

    expect(await throughHttp('deploy', { clusterId, data }, world)).toMatchObject({
      code: 'malformed-request',
      pointers: ['/lifetime/idleAfter'],
    });
  });
});
