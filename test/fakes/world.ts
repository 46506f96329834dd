import type { Target } from '#events/records/target.ts';
import { openMetrics } from '#shared/aws/metrics.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';

import { FakeAdmissionQueue } from './admission-queue.ts';
import { FakeBus } from './bus.ts';
import { FakeCallbacks } from './callbacks.ts';
import { FakeCommandQueue } from './command-queue.ts';
import { FakeDownloads } from './downloads.ts';
import { FakeJars } from './jars.ts';
import { FakeKeptLogs } from './kept-logs.ts';
import { FakeKubernetes } from './kubernetes.ts';
import { deliverAdmissions, deliverCommands, makeDreyRecord, userArn } from './lambda.ts';
import { FakePayloads } from './payloads.ts';
import { FakeReconcileQueue } from './reconcile-queue.ts';
import { FakeResolver } from './resolver.ts';
import { FakeRevisionSpecs } from './revision-specs.ts';
import { FakeSpecs } from './specs.ts';
import { FakeStore } from './store.ts';
import { plainTarget } from './target-fixture.ts';
import { FakeTargets } from './targets.ts';
import { FakeTimers } from './timers.ts';
import { FakeWorkflows } from './workflows.ts';

/** Runs the requested admission passes and delivers the sent messages, until no queue has a message. */
export const runQueues = async ({ ports, admissionQueue, commandQueue }: World): Promise<void> => {
  while (admissionQueue.sent.length + commandQueue.sent.length > 0) {
    const requests = admissionQueue.sent.splice(0);
    if (requests.length > 0) await deliverAdmissions(requests, ports);
    for (const sent of commandQueue.sent.splice(0)) await deliverCommands([makeDreyRecord(sent)], ports);
  }
};

const localTarget: Target = {
  ...plainTarget,
  defaults: { 'kubernetes.service-account': 'flink' },
  policy: { ...plainTarget.policy, denied: ['kubernetes.entry.path'] },
};

const ignore = () => {};
/** It keeps nothing, so that all worlds share it. */
const metrics = openMetrics('test', ignore);

const silentLog = { info: ignore, warn: ignore, error: ignore };

/** All ports in memory, with one target `local`. The clock starts at noon. */
export const makeWorld = () => {
  let time = Date.parse('2026-11-23T12:00:00Z');
  let ids = 0;
  let tokens = 0;
  const now = () => new Date(time);
  const store = new FakeStore(now);
  const targets = new FakeTargets(now, store);
  const kubernetes = new FakeKubernetes();
  const passTime = (seconds: number) => {
    time += seconds * 1000;
  };
  targets.known.set('local', localTarget);
  store.isUnchanged = (target) => targets.isUnchanged(target);
  const fakes = {
    store,
    targets,
    jars: new FakeJars(),
    bus: new FakeBus(),
    workflows: new FakeWorkflows(passTime),
    reconcileQueue: new FakeReconcileQueue(() => ports),
    admissionQueue: new FakeAdmissionQueue(),
    commandQueue: new FakeCommandQueue(),
    payloads: new FakePayloads(),
    callbacks: new FakeCallbacks(),
    timers: new FakeTimers(),
    specs: new FakeSpecs(),
    revisionSpecs: new FakeRevisionSpecs(),
    keptLogs: new FakeKeptLogs(),
    resolver: new FakeResolver(),
    downloads: new FakeDownloads(),
  };
  const ports: Ports = {
    ...fakes,
    kubernetes: () => kubernetes,
    inspection: () => kubernetes.inspection,
    log: silentLog,
    metrics,
    now,
    newId: () => (ids += 1).toString(16).padStart(32, '0'),
    newToken: () => `token-${(tokens += 1)}`,
    sleep: async (ms) => passTime(ms / 1000),
    random: () => 0,
    signal: new AbortController().signal,
    withSignal: () => ports,
    account: '000000000000',
    principal: userArn,
    // Tests replace some of the ports, which `this` has.
    withPrincipal(principal) {
      return { ...this, principal };
    },
    withOperation({ principal }) {
      return { ...this, principal };
    },
  };
  return { ...fakes, kubernetes, ports, passTime };
};

export type World = ReturnType<typeof makeWorld>;
