import { describe, expect, it } from 'vitest';

import { Fault } from '#events/problems/problem.ts';
import { observeJobs } from '#shared/clusters/jobs/observe-jobs.ts';
import { sendHttp } from '#test/fakes/origins.ts';
import {
  clusterId,
  clusterRef,
  getCluster,
  reconcile,
  runWorkflows,
  session,
  submitJob,
  world,
} from '#test/unit/shared/clusters/fixture.ts';

const hint = 'Its log is gone with its pod.';
const words = 'ClassNotFoundException: com.example.Missing';
const waiting = { total: 4, scheduled: 4 };

const terminated = (id: string) =>
  `INFO Worker ${id}-taskmanager-1-1 is terminated. Diagnostics: Pod terminated, container termination statuses: ` +
  '[flink-main-container(exitCode=1, reason=Error, message=null)], pod status: Failed(reason=null, message=null)\nINFO Retrying.';

const nextPod = (id = clusterId) =>
  ({
    name: `${id}-taskmanager-1-2`,
    component: 'taskmanager',
    phase: 'Running',
    ready: false,
    restarts: 0,
    reached: {},
    trouble: undefined,
  }) as const;
const replaced = (log: string, id?: string) => ({ pod: nextPod(id), log, isReplaced: true }) as const;

const getHealth = async (id?: string) => (await getCluster(id))?.conditions.find(({ type }) => type === 'Healthy');

/** A session whose job has waited for TaskManagers. One of them has ended, and its pod is gone. */
const startWithoutTasks = async (id = clusterId) => {
  await sendHttp('deploy', { clusterId: id, data: session }, world);
  await runWorkflows();
  const cluster = world.kubernetes.cluster(id);
  cluster.flink.addJob('a'.repeat(32), { state: 'RUNNING', tasks: waiting });
  cluster.log = terminated(id);
  return cluster;
};

/** Does something while the pass waits. */
const onSleep = (act: (count: number) => Promise<void> | void) => {
  const { sleep } = world.ports;
  let count = 0;
  Object.assign(world.ports, {
    sleep: async (ms: number) => {
      await sleep(ms);
      await act((count += 1));
    },
  });
};

const countLists = () => world.kubernetes.calls.filter((method) => method === 'listPods').length;

describe('TaskManagers that Flink replaces', () => {
  it('are explained by the end of the log of the next one, in the first pass', async () => {
    const cluster = await startWithoutTasks();
    world.passTime(30);
    cluster.taskManagers.push(replaced(`INFO Starting.\njava.lang.${words}`));
    await reconcile();

    expect(await getHealth()).toMatchObject({ status: 'False', reason: 'TaskManagerFailed' });
    expect((await getHealth())?.message).toMatch(
      new RegExp(
        `^TaskManager ${clusterId}-taskmanager-1-1: .*exitCode=1.*\\. The log of the next one, ${nextPod().name}, ends with: ${words}$`,
      ),
    );
  });

  it('are explained also when the next one comes seconds later', async () => {
    const cluster = await startWithoutTasks();
    world.passTime(30);
    onSleep((count) => void (count === 9 && cluster.taskManagers.push(replaced(words))));
    await reconcile();

    expect((await getHealth())?.message).toContain(words);
  });

  it('are explained with the way out when Java refuses its options', async () => {
    const cluster = await startWithoutTasks();
    world.passTime(30);
    cluster.taskManagers.push(
      replaced(
        "Improperly specified VM option 'MaxMetaspaceSize=1gb'\nError: Could not create the Java Virtual Machine.",
      ),
    );
    await reconcile();

    expect((await getHealth())?.message).toMatch(
      /Improperly specified VM option 'MaxMetaspaceSize=1gb'\n.*\nCorrect env\.java\.opts\.taskmanager or env\.java\.opts\.all, and deploy/,
    );
  });

  it.each([
    ['has not started', { pod: { ...nextPod(), phase: 'Pending' } }],
    ['runs', { pod: nextPod(), log: words }],
  ])('are not explained by one that %s', async (_what, taskManager) => {
    const cluster = await startWithoutTasks();
    world.passTime(30);
    cluster.taskManagers.push(taskManager);
    await reconcile();

    expect((await getHealth())?.message).toContain(hint);
  });

  it('are not explained by one that runs when the answer with its log breaks off', async () => {
    const cluster = await startWithoutTasks();
    world.passTime(30);
    cluster.taskManagers.push({ pod: nextPod() });
    const readLog = world.kubernetes.readLog.bind(world.kubernetes);
    world.kubernetes.readLog = async (id, options) => (options.pod === nextPod().name ? words : readLog(id, options));
    await reconcile();

    expect((await getHealth())?.message).toContain(hint);
  });

  it('are waited for only until they are explained, and until the time is over', async () => {
    const cluster = await startWithoutTasks();
    world.passTime(30);
    const start = world.ports.now().getTime();
    await reconcile();
    const waitedMs = world.ports.now().getTime() - start;
    cluster.taskManagers.push(replaced(words));
    await reconcile();
    const explained = await getHealth();
    const listsBefore = countLists();
    await reconcile();

    expect(waitedMs).toBe(10_000);
    expect(explained?.message).toContain(words);
    expect(countLists() - listsBefore).toBe(0);
    expect(await getHealth()).toEqual(explained);
  });

  it('are not waited for when the API server fails, and the pass goes on', async () => {
    await startWithoutTasks();
    world.passTime(30);
    const listPods = world.kubernetes.listPods.bind(world.kubernetes);
    let lists = 0;
    world.kubernetes.listPods = async (clusterIds) => {
      if ((lists += 1) > 1) throw new Fault('target-refused', 'forbidden');
      return listPods(clusterIds);
    };
    await reconcile();

    expect((await getHealth())?.message).toContain(hint);
    expect(lists).toBe(2);
  });

  it('do not hide that the trouble has passed in the meantime', async () => {
    const cluster = await startWithoutTasks();
    world.passTime(30);
    onSleep(async (count) => {
      if (count !== 1) return;
      cluster.taskManagers.push(replaced(words));
      cluster.flink.addJob('a'.repeat(32), { state: 'RUNNING', tasks: { total: 4, running: 4 } });
      await reconcile();
    });
    await reconcile();

    expect(await getHealth()).toMatchObject({ status: 'True' });
  });

  it('are explained also in the cause of the job that failed without them', async () => {
    const jobId = await submitJob(sendHttp);
    const cluster = world.kubernetes.cluster(clusterId);
    cluster.flink.addJob(jobId, { state: 'RUNNING', tasks: waiting });
    cluster.log = terminated(clusterId);
    cluster.taskManagers.push(replaced(words));
    world.passTime(30);
    await reconcile();
    cluster.flink.setState(jobId, 'FAILED', 'a.NoResourceAvailableException: Could not acquire the resources.');
    await observeJobs(clusterRef, world.ports);

    expect((await world.store.job(clusterRef, jobId))?.value.message).toContain(words);
  });

  it('delay a pass over many clusters once, after all of them were reconciled', async () => {
    const ids = Array.from({ length: 49 }, (_, index) => `c${index}`);
    for (const id of ids) (await startWithoutTasks(id)).taskManagers.push(replaced(words, id));
    const silent = await startWithoutTasks();
    world.passTime(30);
    let troubled = 0;
    onSleep(async (count) => {
      if (count > 1) return;
      const health = await Promise.all([...ids, clusterId].map(getHealth));
      troubled = health.filter((condition) => condition?.status === 'False').length;
    });
    const start = world.ports.now().getTime();
    await reconcile();

    expect(silent.taskManagers).toEqual([]);
    expect(troubled).toBe(50);
    for (const id of ids) expect((await getHealth(id))?.message).toContain(words);
    expect(world.ports.now().getTime() - start).toBe(10_000);
    expect(countLists()).toBe(20);
  });
});
