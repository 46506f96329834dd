import { describe, expect, it } from 'vitest';

import { Fault } from '#events/problems/problem.ts';
import { cancelQueued } from '#shared/clusters/queue/queue-control.ts';
import type { LogFields } from '#shared/clusters/ports/runtime.ts';
import { redriveDeadLetters } from '#shared/clusters/queue/dead-letters.ts';
import { maxReceives } from '#shared/retries.ts';
import {
  deliverAdmissions,
  deliverCommands,
  makeDreyRecord,
  makeSqsRecord,
  senderId,
  userArn,
} from '#test/fakes/lambda.ts';
import { makeCommandMessage, sendHttp, sendMessage } from '#test/fakes/origins.ts';
import { runQueues } from '#test/fakes/world.ts';
import {
  data as batchData,
  getBatchId,
  listDeploys,
  publishVerdicts,
} from '#test/unit/shared/clusters/commands/batch/fixture.ts';
import {
  clusterId,
  getFlink,
  limitTarget,
  listOperations,
  reconcile,
  runWorkflows,
  session,
  startSession,
  submitJob,
  world,
} from '#test/unit/shared/clusters/fixture.ts';
import {
  handleTimerEvent as handleEnd,
  hour,
  startSession as startExpiring,
} from '#test/unit/shared/clusters/lifetime/fixture.ts';
import {
  callSchedules,
  callSpecs,
  evening,
  every,
  handleTimerEvent,
  office,
} from '#test/unit/shared/clusters/schedules/fixture.ts';

const sender = `sqs:${senderId}`;
const bob = 'arn:aws:iam::000000000000:user/bob';
/** `to` and the principal of each transition that was written, in order. */
const listTransitions = () =>
  world.store.writtenTransitions.map(({ subject, to, principal }) => [
    subject === 'cluster' ? to : `job ${to}`,
    principal,
  ]);
const listFinished = () =>
  world.bus.published.flatMap((event) => (event.type === 'Flink Command Finished' ? [event.detail] : []));

describe.each([
  ['http', sendHttp, userArn],
  ['queue', sendMessage, sender],
] as const)('a command from %s', (_origin, send, principal) => {
  it('has its caller in the operation, in each transition and in the event of its verdict', async () => {
    await startSession(send);
    await publishVerdicts();

    expect(listOperations()).toMatchObject([{ kind: 'deploy', principal }]);
    expect(listTransitions()).toEqual([
      ['REQUESTED', principal],
      ['DEPLOYING', principal],
      ['RUNNING', principal],
    ]);
    expect(listFinished()).toMatchObject([{ kind: 'deploy', principal }]);
  });

  it('begins a job of its caller, whose later states Drey observes', async () => {
    const jobId = await submitJob(send);
    getFlink().setState(jobId, 'FINISHED');
    await reconcile();

    expect(listTransitions().slice(3)).toEqual([
      ['job RUNNING', principal],
      ['job FINISHED', 'drey:reconcile'],
    ]);
  });

  it('cancels a job of another caller', async () => {
    const jobId = await submitJob(send === sendHttp ? sendMessage : sendHttp);
    await send('cancel', { clusterId, jobId }, world);

    expect(listTransitions().at(-1)).toEqual(['job CANCELED', principal]);
  });

  it('stops a cluster and its jobs with its caller, not that of the deploy', async () => {
    await submitJob(send === sendHttp ? sendMessage : sendHttp);
    await send('stop', { clusterId }, world);
    await runWorkflows();

    expect(listTransitions().slice(-3)).toEqual([
      ['STOPPING', principal],
      ['job CANCELED', principal],
      ['STOPPED', principal],
    ]);
  });

  it('keeps its caller while it is queued', async () => {
    limitTarget({ limits: { clusters: 1 } });
    await send('deploy', { clusterId: 'one', data: session }, world);
    await runQueues(world);
    await runWorkflows();
    await send('deploy', { clusterId: 'two', data: session }, world);
    const [queued] = (await world.store.queue('local')).queued;
    await sendHttp('stop', { clusterId: 'one' }, world);
    await runWorkflows();
    await deliverAdmissions(['local'], world.ports);
    await runQueues(world);
    await runWorkflows();

    expect(queued?.value).toMatchObject({ clusterId: 'two', principal });
    const ofTwo = world.store.writtenTransitions.filter((one) => one.clusterId === 'two');
    expect(ofTwo.map((one) => [one.to, one.principal])).toEqual(
      ['QUEUED', 'REQUESTED', 'DEPLOYING', 'RUNNING'].map((to) => [to, principal]),
    );
  });
});

describe('the principal', () => {
  it('of the items of a batch is the caller of the batch', async () => {
    await sendHttp('batch', { data: batchData }, world);
    await runQueues(world);

    expect(listDeploys().map(({ origin, principal }) => [origin, principal])).toEqual([
      ['queue', userArn],
      ['queue', userArn],
    ]);
  });

  it('of a redriven dead letter is its first sender', async () => {
    world.kubernetes.failNext('apply', new Fault('target-unreachable', 'dark'));
    const message = makeCommandMessage('deploy', { clusterId, data: session });
    await deliverCommands([makeSqsRecord(message, 'g', maxReceives)], world.ports);
    const [deadLetter] = world.commandQueue.deadLetters;
    await redriveDeadLetters(undefined, world.ports.withPrincipal(bob));
    await runQueues(world);

    expect(deadLetter).toMatchObject({ principal: sender });
    expect(listDeploys()).toMatchObject([{ principal: sender }, { principal: sender, redrivenBy: bob }]);
    expect(listDeploys()[0]).not.toHaveProperty('redrivenBy');
  });

  it('of a redriven batch item is the caller of the batch', async () => {
    await sendHttp('batch', { data: batchData }, world);
    world.kubernetes.failNext('apply', new Fault('target-unreachable', 'dark'));
    const [item] = world.commandQueue.sent.splice(0);
    await deliverCommands([makeDreyRecord(item!, maxReceives)], world.ports);
    await redriveDeadLetters(undefined, world.ports.withPrincipal(bob));
    await runQueues(world);

    expect(listDeploys().map(({ state, principal, redrivenBy }) => [state, principal, redrivenBy])).toEqual([
      ['FAILED', userArn, undefined],
      ['IN_PROGRESS', userArn, bob],
    ]);
  });

  it('of the stops and deploys of a schedule is the schedule with its author', async () => {
    await startSession(sendMessage);
    await callSpecs('PUT', 'office', office);
    const put = await callSchedules('PUT', 'evening', { ...evening, selector: { labels: {} } });
    await handleTimerEvent();
    await callSchedules('PUT', 'evening', { action: 'deploy', expression: every, spec: 'office' });
    await handleTimerEvent('2026-11-23T19:01:00Z');

    const principal = `schedule:evening by ${userArn}`;
    expect(put.body).toMatchObject({ updatedBy: userArn });
    expect((await callSpecs('GET', 'office')).body).toMatchObject({
      updatedBy: userArn,
      deploy: { clusterId: 'office' },
    });
    expect(listOperations().slice(1)).toMatchObject([
      { kind: 'stop', origin: 'schedule', principal },
      { kind: 'deploy', origin: 'schedule', principal },
    ]);
    expect(listTransitions().slice(3)).toEqual([
      ['STOPPING', principal],
      ['REQUESTED', principal],
      ['DEPLOYING', principal],
    ]);
  });

  it('stands in the log lines of a schedule and of the end of a lifetime', async () => {
    const lines: [string, unknown][] = [];
    const info = (message: string, fields: LogFields = {}) => lines.push([message, fields['principal']]);
    Object.assign(world.ports, { log: { ...world.ports.log, info } });
    await callSchedules('PUT', 'evening', { ...evening, selector: { labels: {} } });
    await handleTimerEvent();
    await startExpiring({ ttl: '1h' });
    world.passTime(hour);
    await handleEnd('end');

    expect(lines).toContainEqual(['schedule ran', `schedule:evening by ${userArn}`]);
    expect(lines).toContainEqual(['expired cluster stopped', 'drey:lifetime']);
    expect(lines.filter(([, principal]) => principal === undefined)).toEqual([]);
  });

  it('of the end of a lifetime is Drey', async () => {
    await startExpiring({ ttl: '1h' });
    world.passTime(hour);
    await handleEnd('end');
    await runWorkflows();

    expect(listOperations().at(-1)).toMatchObject({ kind: 'stop', principal: 'drey:lifetime' });
    expect(listTransitions().slice(-2)).toEqual([
      ['STOPPING', 'drey:lifetime'],
      ['STOPPED', 'drey:lifetime'],
    ]);
  });

  it('of the end of a cluster whose Deployment was deleted manually is Drey, not the caller of the deploy', async () => {
    await submitJob(sendHttp);
    world.kubernetes.deleteByHand(clusterId);
    await reconcile();
    await runWorkflows();

    expect(listTransitions().slice(-3)).toEqual([
      ['STOPPING', 'drey:reconcile'],
      ['job CANCELED', 'drey:reconcile'],
      ['STOPPED', 'drey:reconcile'],
    ]);
  });

  it('of a deploy that its deadline ends is Drey', async () => {
    await sendHttp('deploy', { clusterId, data: session }, world);
    world.passTime(11 * 60);
    await reconcile();

    expect(listTransitions().at(-1)).toEqual(['FAILED', 'drey:reconcile']);
  });

  it('of the end of a queued deploy is the caller who cancels it, whom the problem names', async () => {
    limitTarget({ limits: { clusters: 1 } });
    await sendHttp('deploy', { clusterId: 'one', data: session }, world);
    await sendHttp('deploy', { clusterId: 'two', data: session }, world);
    const { operationId = '' } = listOperations().at(-1) ?? {};
    await cancelQueued({ target: 'local', operationId }, world.ports.withPrincipal(bob));

    expect(listTransitions().at(-1)).toEqual(['CANCELED', bob]);
    expect(listOperations().at(-1)).toMatchObject({
      principal: userArn,
      problem: { detail: expect.stringContaining(bob) },
    });
  });

  it('of a batch that is canceled while it is queued is the caller who cancels it', async () => {
    limitTarget({ limits: { clusters: 1 } });
    await sendHttp('batch', { data: batchData }, world);
    await runQueues(world);
    await cancelQueued({ target: 'local', operationId: getBatchId() }, world.ports.withPrincipal(bob));

    expect(listTransitions().at(-1)).toEqual(['CANCELED', bob]);
  });

  it('of a stop that is retried is the caller of the stop', async () => {
    await startSession(sendHttp);
    world.kubernetes.unreachable = true;
    await sendMessage('stop', { clusterId }, world);
    await runWorkflows();
    world.kubernetes.unreachable = false;
    world.passTime(hour);
    await reconcile();
    await reconcile();
    await runWorkflows();

    const stops = listOperations().filter(({ kind }) => kind === 'stop');
    expect(stops).toMatchObject([
      { origin: 'queue', principal: sender },
      { origin: 'reconciler', principal: sender },
    ]);
  });

  it('of a rejected message is its sender', async () => {
    await sendMessage('stop', { clusterId: 'not-there' }, world);

    expect(world.bus.rejected).toMatchObject([{ rejection: { principal: sender, problem: { code: 'not-found' } } }]);
  });
});
