import type { Ports } from '#shared/clusters/ports/ports.ts';

import { FakeAdmissionQueue } from './admission-queue.ts';
import { FakeBus } from './bus.ts';
import { FakeCallbacks } from './callbacks.ts';
import { FakeCommandQueue } from './command-queue.ts';
import { FakeJars } from './jars.ts';
import { FakeKubernetes } from './kubernetes.ts';
import { deliverAdmissions, deliverCommands, makeSqsRecord } from './lambda.ts';
import { FakePayloads } from './payloads.ts';
import { FakeReconcileQueue } from './reconcile-queue.ts';
import { FakeSpecs } from './specs.ts';
import { FakeStore } from './store.ts';
import { FakeTargets } from './targets.ts';
import { FakeTimers } from './timers.ts';
import { FakeWorkflows } from './workflows.ts';

/** Looks at every line that was asked for, and hands on what is sent, until all is quiet. */
export const runQueues = async ({ ports, admissionQueue, commandQueue }: World): Promise<void> => {
  while (admissionQueue.asked.length + commandQueue.sent.length > 0) {
    const targets = new Set(admissionQueue.asked.splice(0));
    if (targets.size > 0) await deliverAdmissions([...targets], ports);
    for (const { group, body } of commandQueue.sent.splice(0))
      await deliverCommands([makeSqsRecord(body, group)], ports);
  }
};

/** Everything that the use cases need, in memory, with one target `local`, at noon. */
export const makeWorld = () => {
  let time = Date.parse('2026-11-23T12:00:00Z');
  let ids = 0;
  const now = () => new Date(time);
  const store = new FakeStore(now);
  const targets = new FakeTargets();
  const kubernetes = new FakeKubernetes();
  const jars = new FakeJars();
  const bus = new FakeBus();
  const passTime = (seconds: number) => {
    time += seconds * 1000;
  };
  const workflows = new FakeWorkflows(passTime);
  targets.known.set('local', {
    cluster: 'eks',
    region: 'eu-central-1',
    namespace: 'flink',
    defaults: { 'kubernetes.service-account': 'flink' },
    locked: ['kubernetes.entry.path'],
    limits: {},
    shares: {},
    maxQueued: 100,
    maxJarBytes: 1_000,
  });
  const silent = () => {};
  const reconcileQueue = new FakeReconcileQueue(() => ports);
  const admissionQueue = new FakeAdmissionQueue();
  const commandQueue = new FakeCommandQueue();
  const payloads = new FakePayloads();
  const callbacks = new FakeCallbacks();
  const timers = new FakeTimers();
  const specs = new FakeSpecs();
  const ports: Ports = {
    store,
    targets,
    kubernetes: () => kubernetes,
    workflows,
    jars,
    bus,
    reconcileQueue,
    admissionQueue,
    commandQueue,
    payloads,
    callbacks,
    timers,
    specs,
    log: { info: silent, warn: silent, error: silent },
    now,
    newId: () => (ids += 1).toString(16).padStart(32, '0'),
    sleep: async (ms) => passTime(ms / 1000),
    random: () => 0,
    signal: new AbortController().signal,
    withSignal: () => ports,
  };
  const queues = { reconcileQueue, admissionQueue, commandQueue, payloads, callbacks, timers, specs };
  return {
    ports,
    store,
    targets,
    kubernetes,
    jars,
    bus,
    ...queues,
    workflows,
    passTime,
    signal: new AbortController().signal,
  };
};

export type World = ReturnType<typeof makeWorld>;
