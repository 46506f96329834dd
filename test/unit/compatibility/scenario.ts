import type { WorkflowName } from '#events/commands/define.ts';
import type { CommandKind } from '#events/commands/index.ts';
import { parse } from '#events/problems/problem.ts';
import { ScheduleBody } from '#events/records/schedules.ts';
import { SpecBody } from '#events/records/specs.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import { setPaused } from '#shared/clusters/queue/queue-control.ts';
import { dispatchReconcile } from '#shared/clusters/reconcile/dispatch-reconcile.ts';
import { putSchedule } from '#shared/clusters/schedules/schedules.ts';
import { putSpec } from '#shared/clusters/schedules/specs.ts';
import type { SentMessage } from '#test/fakes/command-queue.ts';
import { newScaling } from '#test/fakes/flink-scaling.ts';
import { deliverAdmissions, deliverCommands, deliverTimerEvent, makeDreyRecord } from '#test/fakes/lambda.ts';
import { sendHttp, sendMessage } from '#test/fakes/origins.ts';
import { execute } from '#test/fakes/state-machine.ts';
import { getStep } from '#test/fakes/workflows.ts';

import {
  actions,
  every,
  lifetime,
  queueing,
  restore,
  savepointDirectory,
  session,
  target,
  trouble,
  updatedBy,
} from './scenario-data.ts';
import { jar, makeTableWorld, type TableWorld } from './world.ts';

/** Receives what the functions of Drey hand to each other, before it is handled. */
export interface Receivers {
  readonly onStep: (workflow: WorkflowName, step: string, state: unknown, world: TableWorld) => void;
  /** `receiver`: the function that receives the message. */
  readonly onMessage: (receiver: string, kind: string, body: unknown, world: TableWorld) => void;
  readonly onEnd: (world: TableWorld) => void;
}

const parts = [
  'runSession',
  'runFailedDeploy',
  'runRollouts',
  'runChangesInPlace',
  'runQueue',
  'runSchedules',
] as const;

/** Runs every step, sends every message and writes every kind of record. Each part has a world of its own. */
export const runScenario = async (receivers: Receivers): Promise<void> => {
  for (const part of parts) {
    const scenario = new Scenario(receivers);
    await scenario.world.ports.targets.put('local', target);
    await scenario[part]();
    receivers.onEnd(scenario.world);
  }
};

class Scenario {
  readonly world = makeTableWorld();
  private readonly receivers: Receivers;

  constructor(receivers: Receivers) {
    this.receivers = receivers;
  }

  async runSession() {
    await this.send('deploy', { clusterId: 'etl', data: { ...session, lifetime, ...queueing } });
    await this.drain();
    await this.send('submit', {
      clusterId: 'etl',
      data: {
        jar,
        entryClass: 'com.example.Main',
        args: ['--day', '1'],
        parallelism: 2,
        config: { a: 'b' },
        ...queueing,
      },
    });
    await this.drain();
    this.flink.program = () => ({ thrown: 'org.example.Refused: no input' });
    await this.send('submit', { clusterId: 'etl', data: { jar } });
    await this.drain();
    await this.reconcile();
    await this.rescale();
    await this.takeSnapshots();
    await this.stop();
  }

  private async rescale() {
    const [jobId = ''] = this.flink.jobs.keys();
    this.flink.setScaling(jobId, newScaling(2));
    await this.send('rescale', { clusterId: 'etl', jobId, data: { parallelism: 4 } });
    await this.drain();
    this.flink.setScaling(jobId, { ...newScaling(4), refusal: 'no such vertex' });
    await this.send('rescale', { clusterId: 'etl', jobId, data: { parallelism: 5, within: '1min' } });
    await this.drain();
  }

  private async takeSnapshots() {
    const [jobId = ''] = this.flink.jobs.keys();
    await this.send('extend', { clusterId: 'etl', data: { ttl: '9h' } });
    await this.send('savepoint', { clusterId: 'etl', jobId, data: { directory: savepointDirectory } });
    await this.drain();
    await this.send('checkpoint', { clusterId: 'etl', jobId });
    const { items } = await this.world.ports.store.snapshots({ target: 'local', clusterId: 'etl' }, { limit: 10 });
    const snapshotId = items.find(({ value }) => value.kind === 'savepoint')?.value.snapshotId ?? '';
    await this.send('dispose-snapshot', { clusterId: 'etl', data: { snapshotId } });
    await this.send('dispose-savepoint', { clusterId: 'etl', data: { path: `${savepointDirectory}/1` } });
    await this.drain();
    this.flink.savepoint = () => ({ failure: 'no space' });
    await this.send('stop-job', { clusterId: 'etl', jobId, data: { directory: savepointDirectory } });
    await this.drain();
  }

  private async stop() {
    await this.send('stop', { clusterId: 'etl', data: { savepoint: 'required', savepointDirectory } });
    await this.drain();
    this.flink.savepoint = (jobId, directory) => ({ location: `${directory}/savepoint-${jobId.slice(0, 6)}` });
    await this.send('stop', { clusterId: 'etl', data: { savepoint: 'best-effort', savepointDirectory } });
    await this.drain();
    await this.send('deploy', { clusterId: 'etl', data: { ...session, restore } });
    await this.drain();
    await this.world.ports.admissionQueue.send('local');
    await this.drain();
    const [restoredId = ''] = this.flink.jobs.keys();
    const data = { jar, args: ['--new'], rollout: { savepointDirectory, stableWithin: '10s' } };
    await this.send('apply-job', { clusterId: 'etl', jobId: restoredId, data });
    await this.drain();
    await this.send('cancel', { clusterId: 'etl', jobId: [...this.flink.jobs.keys()].at(-1) ?? '' });
  }

  async runFailedDeploy() {
    this.world.kubernetes.startsAtOnce = false;
    await this.send('deploy', { clusterId: 'late', data: session });
    await this.drain();
  }

  /** A rollout that is stable, one that is rolled back, one whose rollback fails, and the others. */
  async runRollouts() {
    const { kubernetes } = this.world;
    const apply = kubernetes.apply.bind(kubernetes);
    const rollout = { savepointDirectory, stableWithin: '10s' };
    const application = { mode: 'application', job: { jar: 'local:///a.jar' } };
    const next = (image: string) => ({ ...application, image, rollout });
    const breakImages = (...images: readonly string[]) => {
      kubernetes.apply = async (manifests, operationId) => {
        const created = await apply(manifests, operationId);
        const image = manifests.deployment.spec?.template.spec?.containers.at(-1)?.image ?? '';
        if (images.includes(image))
          Object.assign(kubernetes.cluster('etl'), { ready: false, trouble: { ...trouble, final: true } });
        return created;
      };
    };
    await this.send('deploy', { clusterId: 'etl', data: { ...application, image: 'flink:2.3' } });
    await this.drain();
    await this.send('apply', { clusterId: 'etl', data: next('flink:2.3.1') });
    await this.drain();
    await this.send('rollback', { clusterId: 'etl', data: { ...rollout, correlationId: 'order-2' } });
    await this.drain();
    breakImages('flink:2.3.2');
    await this.send('apply', { clusterId: 'etl', data: next('flink:2.3.2') });
    await this.drain();
    await this.send('restart', { clusterId: 'etl', data: rollout });
    await this.drain();
    await this.send('suspend', { clusterId: 'etl', data: { savepointDirectory } });
    await this.drain();
    await this.send('resume', { clusterId: 'etl', data: { stableWithin: '10s' } });
    await this.drain();
    breakImages('flink:2.3.2', 'flink:2.3');
    await this.send('apply', { clusterId: 'etl', data: next('flink:2.3.2') });
    await this.drain();
  }

  /** An apply that writes the record only, and one that rescales the running job. */
  async runChangesInPlace() {
    const application = (parallelism: number) => ({
      mode: 'application',
      config: { 'jobmanager.scheduler': 'adaptive' },
      job: { jar: 'local:///a.jar', parallelism },
    });
    const labels = { env: 'prod' };
    await this.send('deploy', { clusterId: 'etl', data: application(2) });
    await this.drain();
    this.flink.setScaling([...this.flink.jobs.keys()][0] ?? '', newScaling(2));
    await this.send('apply', { clusterId: 'etl', data: { ...application(2), labels } });
    await this.send('apply', { clusterId: 'etl', data: { ...application(4), labels } });
    await this.drain();
  }

  /** The target has room for one cluster. */
  async runQueue() {
    await this.send('deploy', { clusterId: 'first', data: session, key: 'order-1' });
    await this.drain();
    await setPaused({ target: 'local', paused: true }, this.world.ports);
    await this.send('deploy', { clusterId: 'second', data: { ...session, dependsOn: ['order-1'] }, key: 'order-2' });
    await this.send('batch', {
      data: {
        name: 'days',
        template: { mode: 'application', job: { jar: 'local:///a.jar', args: ['${param.day}'] } },
        parameters: [{ day: '1' }, { day: '2' }],
      },
    });
    await sendMessage('deploy', { clusterId: 'UPPER', key: 'refused' }, this.world);
    await setPaused({ target: 'local', paused: false }, this.world.ports);
    await this.drain();
    await this.send('stop', { clusterId: 'first' });
    await this.drain();
    await this.world.ports.admissionQueue.send('local');
    await this.drain();
  }

  async runSchedules() {
    const { ports } = this.world;
    const deploy = parse(SpecBody, { ...session, lifetime, clusterId: 'office' });
    await putSpec({ target: 'local', name: 'office' }, { deploy, updatedBy }, ports);
    for (const [name, action] of Object.entries(actions)) {
      const definition = parse(ScheduleBody, { ...every, ...action });
      await putSchedule({ target: 'local', name }, { definition, updatedBy }, ports);
    }
    const [morning, evening] = [...this.world.timers.recurring.values()];
    await this.deliverTimerEvent(morning?.timerEvent);
    await this.drain();
    await this.reconcile();
    const [warning, end] = [...this.world.timers.oneTime.values()];
    this.world.passTime(7.9 * 3_600);
    await this.deliverTimerEvent(warning?.timerEvent);
    await this.deliverTimerEvent(evening?.timerEvent);
    this.world.passTime(3_600);
    await this.deliverTimerEvent(end?.timerEvent);
    await this.drain();
  }

  private async deliverTimerEvent(timerEvent: Parameters<typeof deliverTimerEvent>[0] | undefined) {
    if (timerEvent === undefined) throw new Error('the timer is not set');
    const scheduledAt = this.world.ports.now().toISOString();
    const sent = timerEvent.kind === 'schedule' ? { ...timerEvent, scheduledAt } : timerEvent;
    this.receivers.onMessage('timerEvents', sent.kind, sent, this.world);
    await deliverTimerEvent(sent, this.world.ports);
  }

  private async send(kind: CommandKind, sent: Parameters<typeof sendHttp>[1]) {
    const outcome = await sendHttp(kind, sent, this.world);
    if (outcome.outcome !== 'done') throw new Error(`${kind} was not accepted: ${outcome.detail ?? ''}`);
  }

  private async reconcile() {
    const listed = [...this.world.kubernetes.clusters].map(([clusterId, { uid }]) => ({ clusterId, uid, trouble }));
    this.receivers.onMessage('reconcile', 'target', { target: 'local' }, this.world);
    this.receivers.onMessage('reconcile', 'part', { target: 'local', clusters: listed }, this.world);
    await dispatchReconcile(this.world.ports);
    await this.drain();
  }

  /** Ports with which a step that waits runs the executions and queues in the meantime. */
  private get waitingPorts(): Ports {
    const { ports } = this.world;
    const sleep = async (ms: number) => {
      await this.drain();
      await ports.sleep(ms);
    };
    return { ...ports, sleep };
  }

  private get flink() {
    return this.world.kubernetes.cluster('etl').flink;
  }

  /** Runs the state machines and the queues until nothing is left to do. */
  private async drain() {
    const { workflows, admissionQueue, commandQueue } = this.world;
    while (workflows.started.length + admissionQueue.sent.length + commandQueue.sent.length > 0) {
      for (const { workflow, operationId } of workflows.started.splice(0)) await this.execute(workflow, operationId);
      for (const request of admissionQueue.sent.splice(0)) await this.admit(request);
      for (const sent of commandQueue.sent.splice(0)) await this.deliverCommand(sent);
    }
  }

  private async admit(request: { readonly target: string; readonly onlyReady?: boolean }) {
    this.receivers.onMessage('admit', request.onlyReady === true ? 'ready' : 'target', request, this.world);
    await deliverAdmissions([request], this.world.ports);
  }

  private async deliverCommand(sent: SentMessage) {
    const kind = sent.own?.operationId !== undefined ? 'resume' : 'batch item';
    this.receivers.onMessage('commandQueue', kind, sent, this.world);
    await deliverCommands([makeDreyRecord(sent)], this.world.ports);
  }

  private async execute(workflow: WorkflowName, operationId: string) {
    const task = (step: string, state: Parameters<ReturnType<typeof getStep>>[0]) => {
      this.receivers.onStep(workflow, step, state, this.world);
      return getStep(workflow, step)(state, workflow === 'rollout' ? this.waitingPorts : this.world.ports);
    };
    const wait = async (seconds: number) => {
      // A rollout waits for the executions of its own commands.
      if (workflow === 'rollout') await this.drain();
      this.world.passTime(seconds);
    };
    await execute(workflow, operationId, { task, wait });
  }
}
