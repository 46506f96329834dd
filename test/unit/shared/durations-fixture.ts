import type { MetricName } from '#shared/metrics.ts';
import { deliverAdmissions, deliverReconcile } from '#test/fakes/lambda.ts';
import { sendHttp } from '#test/fakes/origins.ts';
import { runQueues } from '#test/fakes/world.ts';
import { publishEvents, publishVerdicts } from '#test/unit/shared/clusters/commands/batch/fixture.ts';
import {
  clusterId,
  limitTarget,
  runWorkflows,
  session,
  startSession,
  world,
} from '#test/unit/shared/clusters/fixture.ts';
import { applied, startFirst } from '#test/unit/shared/clusters/workflows/rollout-fixture.ts';

export interface Case {
  readonly given?: () => unknown;
  readonly when: () => Promise<unknown>;
  readonly dimension?: Readonly<Record<string, string>>;
  readonly value?: number;
  /** Fields of the line by which a person finds the cause. */
  readonly fields?: Readonly<Record<string, unknown>>;
}

/** The cases of a metric, under its name. */
export const metric = <N extends MetricName>(name: N, ...cases: readonly Case[]) =>
  ({ [name]: cases }) as Record<N, readonly Case[]>;

const deploy = (id = clusterId) =>
  sendHttp('deploy', { clusterId: id, data: { ...session, labels: { team: 'data' } } }, world);
const inSeconds = (seconds: number) => new Date(world.ports.now().getTime() + seconds * 1_000).toISOString();

/** A deploy whose pod has a node after 2 s and pulls its image from then on. Its container runs after 9 s, and Flink answers after 12 s. */
const startSlowly = async () => {
  world.kubernetes.startsAtOnce = false;
  await deploy();
  const reached = { scheduled: inSeconds(2), pulling: inSeconds(2), started: inSeconds(9) };
  Object.assign(world.kubernetes.cluster(clusterId), { ready: true, reached });
  world.passTime(12);
};
const phase = (name: string, value: number): Case => ({
  given: startSlowly,
  when: () => runWorkflows(),
  dimension: { phase: name },
  value,
  fields: { target: 'local', clusterId, pulled: 'true' },
});

/** A rollout whose check takes 3 s and whose stop of the old incarnation takes 5 s with pauses of 0.75 s. */
const rollOut = async () => {
  await startFirst();
  const { kubernetes } = world;
  const [dryRun, remove] = [kubernetes.dryRun.bind(kubernetes), kubernetes.remove.bind(kubernetes)];
  kubernetes.dryRun = async (...given) => {
    world.passTime(3);
    return dryRun(...given);
  };
  kubernetes.remove = async (...given) => {
    world.passTime(5);
    kubernetes.remove = remove;
    return remove(...given);
  };
  await sendHttp('apply', { clusterId, data: applied('flink:2.3.1') }, world);
  await runWorkflows();
};
const rolloutPhase = (name: string, value: number): Case => ({
  given: rollOut,
  when: () => publishEvents(),
  dimension: { phase: name },
  value,
  fields: { command: 'apply', target: 'local', clusterId },
});

/** What happens to make each metric of a duration. */
export const durations = {
  ...metric('DeploySeconds', {
    given: async () => {
      await deploy();
      world.passTime(42);
    },
    when: () => runWorkflows(),
    value: 42,
    fields: { target: 'local', clusterId },
  }),
  ...metric(
    'DeployPhaseMilliseconds',
    phase('Scheduled', 2_000),
    phase('Started', 7_000),
    phase('RestUp', 3_000),
    phase('Running', 0),
  ),
  ...metric('RolloutPhaseMilliseconds', rolloutPhase('Checking', 3_000), rolloutPhase('Snapshotting', 5_750)),
  ...metric('StopMilliseconds', {
    given: async () => {
      await startSession(sendHttp);
      await sendHttp('stop', { clusterId }, world);
      world.passTime(8);
      await runWorkflows();
    },
    when: () => publishVerdicts(),
    value: 8_000,
    fields: { target: 'local', clusterId },
  }),
  ...metric('QueueWaitMilliseconds', {
    given: async () => {
      limitTarget({ limits: { clusters: 1 } });
      for (const id of ['one', 'two']) await deploy(id);
      await runQueues(world);
      world.passTime(30);
      limitTarget({ limits: { clusters: 2 } });
    },
    when: () => deliverAdmissions(['local'], world.ports),
    value: 30_000,
    fields: { target: 'local', clusterId: 'two', command: 'deploy', team: 'data' },
  }),
  ...metric('ReconcileMilliseconds', {
    given: () => {
      const { kubernetes } = world;
      const list = kubernetes.listDeployments.bind(kubernetes);
      kubernetes.listDeployments = async (...given) => {
        world.passTime(2);
        return list(...given);
      };
    },
    when: () => deliverReconcile({ target: 'local' }, world.ports),
    value: 2_000,
    fields: { target: 'local' },
  }),
};
