import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import type { LogsKept } from '#events/records/kept-logs.ts';
import { Fault } from '#events/problems/problem.ts';
import { describeKept } from '#shared/clusters/model/kept-logs.ts';
import { keepLogsOfEnd } from '#shared/clusters/workflows/cleanup/keep-logs.ts';
import { toJobManagerName } from '#test/fakes/kubernetes-cluster.ts';
import { sendHttp } from '#test/fakes/origins.ts';
import {
  clusterId,
  getCluster,
  getFlink,
  getLastOperation,
  getState,
  reconcile,
  runWorkflows,
  session,
  startSession,
  world,
} from '#test/unit/shared/clusters/fixture.ts';

const application = { mode: 'application', job: { jar: 'local:///opt/flink/usrlib/job.jar' } };
const logName = `${toJobManagerName(clusterId)}.0.log.gz`;

const findCondition = async () => (await getCluster())?.conditions.find(({ type }) => type === 'LogsKept');
const listLogsEvents = (): readonly LogsKept[] =>
  [...world.store.events.values()].flatMap(({ type, detail }) => (type === 'Flink Logs Kept' ? [detail] : []));
const stop = async () => {
  await sendHttp('stop', { clusterId }, world);
  await runWorkflows();
};
const write = (log: string) => Object.assign(world.kubernetes.cluster(clusterId), { log });

describe('the logs of a cluster', () => {
  it('are kept by its stop, which says so by a condition and an event', async () => {
    await startSession(sendHttp);
    write('started\n');

    await stop();

    const message = '1 log and 3 other files are kept.';
    expect(await getState()).toBe('STOPPED');
    expect(world.keptLogs.find(logName)).toContain('started');
    expect(await findCondition()).toMatchObject({ status: 'True', reason: 'Kept', message });
    expect(listLogsEvents()).toMatchObject([{ clusterId, kept: true, reason: 'Kept', message, files: 4 }]);
  });

  it('are kept by the end of an application', async () => {
    await sendHttp('deploy', { clusterId, data: application }, world);
    await runWorkflows();
    write('the result is 42\n');
    const [job] = getFlink().jobs.values();
    Object.assign(job!, { state: 'FINISHED', endTime: 1 });

    await reconcile();
    await runWorkflows();

    expect(await getState()).toBe('FINISHED');
    expect(world.keptLogs.find(logName)).toContain('the result is 42');
  });

  it('are kept by a deploy that fails', async () => {
    world.kubernetes.startsAtOnce = false;
    await sendHttp('deploy', { clusterId, data: session }, world);
    write('java.lang.Error: no memory\n');
    Object.assign(world.kubernetes.cluster(clusterId), {
      trouble: { reason: 'ImagePullBackOff', message: 'no image' },
    });
    world.passTime(3_600);

    await runWorkflows();

    expect(await getState()).toBe('FAILED');
    expect(world.kubernetes.clusters.has(clusterId)).toBe(false);
    expect(world.keptLogs.find(logName)).toContain('no memory');
    expect(await findCondition()).toMatchObject({ status: 'True', reason: 'Incomplete' });
  });

  it('stay as the last end recorded them until the next incarnation', async () => {
    await startSession(sendHttp);
    await stop();
    expect(await findCondition()).toBeDefined();

    await startSession(sendHttp);

    expect(await getState()).toBe('RUNNING');
    expect(await findCondition()).toBeUndefined();
  });
});

describe('an end', () => {
  it.each([
    ['AWS refuses to store them', () => failPuts(new Error('AccessDenied')), 'False'],
    ['AWS does not answer', () => failPuts(new Fault('deadline-exceeded', 'AWS did not answer in time.')), 'False'],
    [
      'the cluster cannot be observed',
      () => world.kubernetes.failNext('observe', new Fault('target-unreachable', 'no answer')),
      'False',
    ],
    ['a pod cannot be read', () => world.kubernetes.failNext('readLog', new Fault('target-refused', 'no')), 'True'],
  ])('does not fail when %s, and says so', async (_reason, fail, status) => {
    await startSession(sendHttp);
    fail();

    await stop();

    expect(await getState()).toBe('STOPPED');
    expect(getLastOperation()?.state).toBe('SUCCEEDED');
    expect(await findCondition()).toMatchObject({ status });
    expect(listLogsEvents()).toMatchObject([{ kept: status === 'True' }]);
  });

  const failPuts = (error: Error) => {
    world.keptLogs.onRequest = (method) => {
      if (method === 'put') throw error;
    };
  };

  it('says that it is not known when the step has recorded nothing', async () => {
    await startSession(sendHttp);
    world.keptLogs.onRequest = (method) => {
      if (method === 'put') throw new Error('AccessDenied');
    };
    const commit = world.store.commit.bind(world.store);
    world.store.commit = async (change) => {
      if (change.events?.some(({ type }) => type === 'Flink Logs Kept') === true) throw new Error('no answer');
      return commit(change);
    };

    await stop();

    expect(await getState()).toBe('STOPPED');
    expect(await findCondition()).toMatchObject({ status: 'Unknown', reason: 'NotRecorded' });
  });

  it('records the result once when its step is repeated', async () => {
    await startSession(sendHttp);
    await sendHttp('stop', { clusterId }, world);
    const { operationId = '' } = getLastOperation() ?? {};

    await keepLogsOfEnd({ operationId }, world.ports);
    world.passTime(10);
    await keepLogsOfEnd({ operationId }, world.ports);

    expect(listLogsEvents()).toHaveLength(1);
  });

  it('records nothing on the cluster that a later deploy has started with the same ID', async () => {
    world.kubernetes.startsAtOnce = false;
    await sendHttp('deploy', { clusterId, data: session }, world);
    const { operationId = '' } = getLastOperation() ?? {};
    world.passTime(3_600);
    await runWorkflows();
    expect(await getState()).toBe('FAILED');
    world.kubernetes.startsAtOnce = true;
    await startSession(sendHttp);

    await keepLogsOfEnd({ operationId }, world.ports);

    expect(await findCondition()).toBeUndefined();
    expect(listLogsEvents()).toHaveLength(1);
  });

  it('finds nothing to keep when its Deployment was deleted manually', async () => {
    await startSession(sendHttp);
    world.kubernetes.deleteByHand(clusterId);

    await reconcile();
    await runWorkflows();

    expect(await getState()).toBe('STOPPED');
    expect(await findCondition()).toMatchObject({ status: 'False', reason: 'DeploymentGone' });
  });

  describe('whose ports hang', () => {
    beforeEach(() => void vi.useFakeTimers());
    afterEach(() => void vi.useRealTimers());

    it('waits for 9 s at most', async () => {
      await startSession(sendHttp);
      await sendHttp('stop', { clusterId }, world);
      const { operationId = '' } = getLastOperation() ?? {};
      world.store.operation = () => new Promise<never>(() => {});
      const startedMs = Date.now();

      const step = keepLogsOfEnd({ operationId }, world.ports).then(() => Date.now() - startedMs);
      await vi.advanceTimersByTimeAsync(20_000);

      expect(await step).toBe(9_000);
    });
  });
});

describe('a container that crashed', () => {
  const crash = async (restarts: number) => {
    Object.assign(world.kubernetes.cluster(clusterId), {
      restarts,
      previousLog: `boom ${restarts}\n`,
      trouble: { reason: 'CrashLoopBackOff', message: 'back-off' },
    });
    world.passTime(61);
    await reconcile();
  };

  it('leaves its log, once for each restart', async () => {
    await startSession(sendHttp);
    await crash(1);
    await crash(1);
    expect(world.keptLogs.find('crash-0.log.gz')).toContain('boom 1');
    expect(world.keptLogs.find('crash-1.log.gz')).toBeUndefined();

    await crash(2);
    expect(world.keptLogs.find('crash-1.log.gz')).toContain('boom 2');
  });

  it('leaves ten logs, of which the newest replace the oldest', async () => {
    await startSession(sendHttp);
    for (let restarts = 1; restarts <= 12; restarts += 1) await crash(restarts);

    expect(world.keptLogs.find('crash-1.log.gz')).toContain('boom 12');
    expect(world.keptLogs.find('crash-9.log.gz')).toContain('boom 10');
    expect(world.keptLogs.find('crash-10.log.gz')).toBeUndefined();
    const { files, count } = JSON.parse(world.keptLogs.find('crashes.json') ?? '') as {
      files: unknown[];
      count: number;
    };
    expect([files.length, count]).toEqual([10, 12]);
  });

  it('is read with those of at most two other clusters at once', async () => {
    const ids = ['a', 'b', 'c', 'd', 'e'];
    for (const id of ids) await sendHttp('deploy', { clusterId: id, data: session }, world);
    await runWorkflows();
    for (const id of ids)
      Object.assign(world.kubernetes.cluster(id), {
        restarts: 1,
        previousLog: `boom ${id}\n`,
        trouble: { reason: 'CrashLoopBackOff', message: 'back-off' },
      });
    const requests: string[] = [];
    let [open, most] = [0, 0];
    world.keptLogs.onRequest = async (method, file) => {
      if (file.name !== 'crashes.json') return;
      requests.push(method);
      open += method === 'read' ? 1 : -1;
      most = Math.max(most, open);
      await new Promise((resolve) => void setTimeout(resolve, 5));
    };

    world.passTime(61);
    await reconcile();

    expect(requests.filter((method) => method === 'put')).toHaveLength(5);
    expect(most).toBe(3);
  });

  it('does not fail the pass when its log cannot be kept', async () => {
    await startSession(sendHttp);
    world.keptLogs.onRequest = () => {
      throw new Error('AccessDenied');
    };

    await crash(1);

    expect(await getState()).toBe('RUNNING');
  });
});

describe('the words of the condition', () => {
  const file = { name: 'a', kind: 'log', bytes: 1, at: '' } as const;
  const fact = { ...file, kind: 'jobs' } as const;
  const missing = { name: 'b', reason: 'No JobManager was ready.' };

  it.each([
    [[file], [], '1 log is kept.'],
    [[file, file, fact], [], '2 logs and 1 other file are kept.'],
    [[file], [missing], '1 log is kept. 1 file is left out: b: No JobManager was ready.'],
    [
      [],
      [missing, missing],
      '0 logs are kept. 2 files are left out: b: No JobManager was ready; b: No JobManager was ready.',
    ],
  ])('count: %j, left out: %j', (files, leftOut, message) => {
    expect(describeKept({ at: '', files, leftOut }).condition.message).toBe(message);
  });
});
