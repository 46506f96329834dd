import { describe, expect, it } from 'vitest';

import { Fault } from '#events/problems/problem.ts';
import { recordCondition } from '#shared/clusters/store/progress.ts';
import { deliverReconcile } from '#test/fakes/lambda.ts';
import { sendHttp } from '#test/fakes/origins.ts';
import {
  clusterId,
  clusterRef,
  getCluster,
  getFlink,
  getState,
  runWorkflows,
  startSession,
  world,
} from '#test/unit/shared/clusters/fixture.ts';
import { startWithin, stopWithin } from '#test/unit/shared/clusters/workflows/timed-run.ts';

const application = { mode: 'application', job: { jar: 'local:///opt/flink/usrlib/job.jar' } };
const secondsNow = () => world.ports.now().getTime() / 1_000;

/** A start of 60 s and a removal of 10 s, when machines polled: 16 and 8 probes, each with a choice, and with a wait between. */
const countsOfPolls = { transitions: 48 + 27, invocations: 17 + 11 };
/**
 * List prices in us-east-1, November 2026. An invocation takes 0.15 s of 512 MB (assumed), and reads four times. A step that
 * holds has 256 MB, and reads twice a second. A request is sent, received and deleted.
 */
const [gigabyteSecond, read, sqs] = [0.000_013_333_4, 0.000_000_125, 0.000_000_4];
const dollars = {
  transition: 0.000_025,
  invocation: 0.000_000_2 + 0.15 * 0.5 * gigabyteSecond + 4 * read,
  heldSecond: 0.25 * gigabyteSecond + 2 * read,
  request: 3 * sqs,
};

const startApplication = async () => {
  await sendHttp('deploy', { clusterId, data: application }, world);
  await runWorkflows();
};
const endJob = () => {
  const [jobId = ''] = getFlink().jobs.keys();
  getFlink().setState(jobId, 'FINISHED');
};

/** Delivers the requests about the application at their time, for so many seconds or until `hasEnded`. Returns their number. */
const deliverFor = async (seconds: number, hasEnded = async () => false): Promise<number> => {
  const end = secondsNow() + seconds;
  const { followed } = world.reconcileQueue;
  let count = 0;
  for (let next = followed.shift(); next !== undefined; next = followed.shift()) {
    if (secondsNow() + next.delaySeconds > end) {
      followed.unshift(next);
      break;
    }
    world.passTime(next.delaySeconds);
    count += 1;
    await deliverReconcile(next.request, world.ports);
    if (await hasEnded()) break;
  }
  return count;
};

describe('a young application', () => {
  it.each([8, 30, 60, 300, 900, 1_150])(
    'of %i s is stopped within 5 % of its run time after its end',
    async (runSeconds) => {
      await startApplication();
      const start = secondsNow();
      await deliverFor(runSeconds);
      const [pending] = world.reconcileQueue.followed;
      endJob();
      await deliverFor(60, async () => (await getState()) !== 'RUNNING');

      expect(pending).toBeDefined();
      expect(await getCluster()).toMatchObject({ state: 'STOPPING', reason: 'JobFinished' });
      expect(secondsNow() - start - runSeconds).toBeLessThanOrEqual(Math.max(2, 0.05 * runSeconds));
      expect(world.reconcileQueue.followed).toEqual([]);
    },
  );

  it('costs about a hundred observations, and none after 20 minutes', async () => {
    await startApplication();

    const young = await deliverFor(20 * 60);
    const later = await deliverFor(10 * 3_600);

    expect(young).toBeLessThanOrEqual(110);
    expect(later).toBeLessThanOrEqual(1);
    expect(world.reconcileQueue.followed).toEqual([]);
  });

  it('costs with its start and its end at most half of what polls cost, in an hour', async () => {
    const start = await startWithin({ containerSeconds: 52, restSeconds: 60 }, application);
    const observations = await deliverFor(3_600);
    const end = await stopWithin(10);

    const transitions = start.transitions + end.transitions;
    const cost =
      transitions * dollars.transition +
      (start.invocations + end.invocations + observations) * dollars.invocation +
      (start.heldSeconds + end.heldSeconds) * dollars.heldSecond +
      observations * dollars.request;
    const { transitions: polled, invocations } = countsOfPolls;
    expect(cost).toBeLessThanOrEqual(0.5 * (polled * dollars.transition + invocations * dollars.invocation));
  });

  it('is followed on when an observation fails, and while Flink does not answer', async () => {
    await startApplication();
    const [first] = world.reconcileQueue.followed.splice(0);
    const cluster = world.store.cluster.bind(world.store);
    world.store.cluster = () => Promise.reject(new Fault('limit-reached', 'throttled'));
    await deliverReconcile(first!.request, world.ports);
    world.store.cluster = cluster;
    world.kubernetes.cluster(clusterId).ready = false;
    await deliverFor(10);

    expect(await getState()).toBe('RUNNING');
    expect(world.reconcileQueue.followed).toHaveLength(1);
  });

  it('is no longer followed by the requests of an earlier incarnation', async () => {
    await startApplication();
    const [first] = world.reconcileQueue.followed.splice(0);
    const [cluster] = first!.request.clusters;
    await deliverReconcile({ ...first!.request, clusters: [{ ...cluster!, uid: 'earlier' }] }, world.ports);

    expect(await getState()).toBe('RUNNING');
    expect(world.reconcileQueue.followed).toEqual([]);
  });

  it('keeps the trouble that only the list of pods tells', async () => {
    await startApplication();
    const condition = { type: 'Healthy', status: 'False', reason: 'ImagePullBackOff', message: 'no image' } as const;
    await recordCondition(clusterRef, { condition }, world.ports);

    await deliverFor(5);

    expect((await getCluster())?.conditions).toContainEqual(expect.objectContaining(condition));
  });
});

it('a session is not followed', async () => {
  await startSession(sendHttp);

  expect(world.reconcileQueue.followed).toEqual([]);
});
