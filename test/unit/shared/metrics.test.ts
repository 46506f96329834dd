import type { Context } from 'aws-lambda';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { Fault } from '#events/problems/problem.ts';
import { deployPhases } from '#events/records/operation.ts';
import { maintenanceHandler } from '#functions/maintenance.ts';
import { openMetrics } from '#shared/aws/metrics.ts';
import { reconciledStates } from '#shared/clusters/model/cluster-states.ts';
import { setPaused } from '#shared/clusters/queue/queue-control.ts';
import { logger as log } from '#shared/live/log.ts';
import { type MetricName, metricNames, metricOf, metrics } from '#shared/metrics.ts';
import { maxReceives } from '#shared/retries.ts';
import { type ReadMetric, readMetrics } from '#test/support/embedded-metrics.ts';
import { deliverAdmissions, deliverCommands, deliverReconcile, makeSqsRecord } from '#test/fakes/lambda.ts';
import { runQueues } from '#test/fakes/world.ts';
import { makeCommandMessage, sendHttp } from '#test/fakes/origins.ts';
import { callSchedules, evening } from '#test/unit/shared/clusters/schedules/fixture.ts';
import { publishVerdicts } from '#test/unit/shared/clusters/commands/batch/fixture.ts';
import {
  clusterId,
  jar,
  limitTarget,
  runWorkflows,
  session,
  startSession,
  submitJob,
  world,
} from '#test/unit/shared/clusters/fixture.ts';

import { type Case, durations, metric } from './durations-fixture.ts';

const deploy = (id: string, data: object = {}) =>
  sendHttp('deploy', { clusterId: id, data: { ...session, ...data } }, world);
const message = (data: Readonly<Record<string, unknown>>, received = 1) =>
  deliverCommands([makeSqsRecord(makeCommandMessage('deploy', { clusterId, data }), 'g', received)], world.ports);
const refused = { ...session, config: { 'kubernetes.entry.path': '/x' } };
const breakTable = () => {
  world.targets.get = async () => {
    throw new Error('the table does not answer');
  };
};
const throttleTable = () => {
  world.targets.get = async () => {
    throw new Fault('limit-reached', 'AWS throttles');
  };
};
const throttleSchedules = () => {
  world.store.scheduleNames = async () => {
    throw new Fault('limit-reached', 'AWS throttles');
  };
};
const fillTarget = async () => {
  limitTarget({ limits: { clusters: 1 } });
  for (const id of ['one', 'two', 'three']) await deploy(id);
  await runQueues(world);
  world.passTime(90);
};
const failingDeploy = async () => {
  world.kubernetes.failNext('apply', new Fault('target-refused', 'no'));
  await deploy(clusterId);
};
const invoke = (handler: unknown, event: unknown) =>
  (handler as (event: unknown, context: Context) => Promise<unknown>)(event, {
    getRemainingTimeInMillis: () => 29_000,
  } as Context);
const refuseEvents = async () => {
  await startSession(sendHttp);
  world.bus.publish = async () => 0;
};

/** A stop whose function ended before it started the state machine. */
const stallStop = async () => {
  await startSession(sendHttp);
  await sendHttp('stop', { clusterId }, world);
  world.workflows.started.length = 0;
  world.passTime(180);
};

/** What happens to make each metric, in each value of a dimension that has a meaning of its own. */
const provoked: Readonly<Record<MetricName, readonly Case[]>> = {
  ...metric(
    'Commands',
    { when: () => deploy(clusterId), dimension: { outcome: 'done' }, fields: { origin: 'http', target: 'local' } },
    { when: () => deploy(clusterId, refused), dimension: { outcome: 'rejected' }, fields: { origin: 'http' } },
    { given: throttleTable, when: () => deploy(clusterId), dimension: { outcome: 'returned' } },
    { given: breakTable, when: () => deploy(clusterId), dimension: { outcome: 'failed' } },
    { when: () => message(session), dimension: { outcome: 'done' }, fields: { origin: 'queue', command: 'deploy' } },
    { when: () => message(refused), dimension: { outcome: 'rejected' }, fields: { origin: 'queue' } },
    { given: breakTable, when: () => message(session), dimension: { outcome: 'returned' } },
    { given: breakTable, when: () => message(session, maxReceives), dimension: { outcome: 'discarded' } },
  ),
  ...metric(
    'Failures',
    { when: () => deploy(clusterId, refused), dimension: { code: 'refused-option' }, fields: { origin: 'http' } },
    { given: breakTable, when: () => message(session), dimension: { code: 'internal' }, fields: { origin: 'queue' } },
  ),
  ...metric(
    'Verdicts',
    { given: () => startSession(sendHttp), when: () => publishVerdicts(), dimension: { verdict: 'FINISHED' } },
    { given: failingDeploy, when: () => publishVerdicts(), dimension: { verdict: 'FAILED' } },
  ),
  ...metric('FailedOperations', {
    given: failingDeploy,
    when: () => publishVerdicts(),
    dimension: { code: 'target-refused' },
    fields: { command: 'deploy', target: 'local' },
  }),
  ...durations,
  ...metric('Clusters', {
    given: async () => {
      await deploy('one');
      await deploy('two');
      await runWorkflows();
    },
    when: () => deliverReconcile({ target: 'local' }, world.ports),
    dimension: { state: 'RUNNING' },
    value: 2,
  }),
  ...metric('QueuedCommands', {
    given: fillTarget,
    when: () => deliverReconcile({ target: 'local' }, world.ports),
    value: 2,
    fields: { target: 'local' },
  }),
  ...metric('OldestQueuedCommandSeconds', {
    given: fillTarget,
    when: () => deliverReconcile({ target: 'local' }, world.ports),
    value: 90,
  }),
  ...metric('FailedAdmissions', {
    given: () => {
      world.store.queueHead = async () => {
        throw new Error('the table does not answer');
      };
    },
    when: () => deliverAdmissions(['local'], world.ports),
    fields: { target: 'local', code: 'internal' },
  }),
  ...metric(
    'StalledWork',
    {
      given: stallStop,
      when: () => deliverReconcile({ target: 'local' }, world.ports),
      value: 0,
      fields: { target: 'local' },
    },
    {
      given: async () => {
        await stallStop();
        world.kubernetes.unreachable = true;
      },
      when: () => deliverReconcile({ target: 'local' }, world.ports),
      value: 1,
      fields: { target: 'local' },
    },
  ),
  ...metric(
    'UnobservedTargets',
    {
      given: () => world.kubernetes.failNext('listDeployments', new Fault('target-refused', 'answered 401')),
      when: () => deliverReconcile({ target: 'local' }, world.ports),
      fields: { target: 'local', code: 'target-refused' },
    },
    {
      given: () => Object.assign(world.kubernetes, { unreachable: true }),
      when: () => deliverReconcile({ target: 'local' }, world.ports),
      fields: { target: 'local', code: 'target-unreachable' },
    },
  ),
  ...metric('RefusedEvents', { given: refuseEvents, when: () => publishVerdicts() }),
  ...metric('UnexpectedErrors', {
    given: breakTable,
    when: () => deploy(clusterId),
    fields: { level: 'ERROR', function: 'drey-test-deploy', functionVersion: '1' },
  }),
  ...metric(
    'FailedMaintenance',
    {
      given: () => Object.assign(world.kubernetes, { unreachable: true }),
      when: () => invoke(maintenanceHandler(world.ports), {}),
      fields: { part: 'orphans', target: 'local', code: 'target-unreachable' },
    },
    {
      given: async () => {
        await submitJob(sendHttp);
        world.jars.renew = async () => {
          throw new Fault('limit-reached', 'S3 throttles');
        };
      },
      when: () => invoke(maintenanceHandler(world.ports), {}),
      fields: { part: 'jars', jar },
    },
    {
      given: async () => {
        await callSchedules('PUT', 'evening', evening);
        world.timers.repeat = async () => {
          throw new Fault('limit-reached', 'EventBridge Scheduler throttles');
        };
      },
      when: () => invoke(maintenanceHandler(world.ports), {}),
      fields: { part: 'schedules', target: 'local', name: 'evening', code: 'limit-reached' },
    },
    {
      given: throttleSchedules,
      when: () => invoke(maintenanceHandler(world.ports), {}).catch(() => undefined),
      fields: { part: 'schedules', code: 'limit-reached' },
    },
  ),
};

const cases = metricNames.flatMap((name) =>
  provoked[name].map((one) => ({ name, title: [name, ...Object.values(one.dimension ?? {})].join(' '), ...one })),
);

describe('a metric', () => {
  beforeEach(() => {
    log.setLogLevel('ERROR');
    Object.assign(world.ports, { metrics: openMetrics('test') });
  });
  afterEach(() => {
    log.setLogLevel('CRITICAL');
    vi.unstubAllEnvs();
  });

  it.each(cases)(
    '$title is written when it happens',
    async ({ name, given, when, dimension = {}, value = 1, fields = {} }) => {
      await readMetrics(async () => given?.());

      const written = await readMetrics(when);

      const same = written.filter(
        (one) => one.name === name && 'stage' in one.dimensions && hasDimension(one, dimension),
      );
      const { unit, byTarget = false } = metricOf(name);
      const common = { service: 'drey', stage: 'test', ...dimension };
      const sets = byTarget ? [common, { ...common, target: 'local' }] : [common];
      const expected = { namespace: 'Drey', unit, value, fields };
      expect(same).toMatchObject(sets.map(() => expected));
      expect(same.map(({ dimensions }) => dimensions)).toEqual(sets);
    },
  );

  it('is not written while nothing fails', async () => {
    const failures = [
      'FailedAdmissions',
      'UnobservedTargets',
      'RefusedEvents',
      'FailedMaintenance',
      'UnexpectedErrors',
      'Failures',
    ];
    await readMetrics(() => startSession(sendHttp));

    const written = await readMetrics(async () => {
      await deliverReconcile({ target: 'local' }, world.ports);
      await deliverAdmissions(['local'], world.ports);
      await publishVerdicts();
      await invoke(maintenanceHandler(world.ports), {});
    });

    expect(written.map(({ name }) => name).filter((name) => failures.includes(name))).toEqual([]);
  });

  it('of the age of a queue is not written while the target is paused', async () => {
    await readMetrics(fillTarget);
    await setPaused({ target: 'local', paused: true }, world.ports);

    const written = await readMetrics(() => deliverReconcile({ target: 'local' }, world.ports));

    expect(written.map(({ name }) => name).filter((name) => name.includes('Queued'))).toEqual(['QueuedCommands']);
  });
});

describe('the table of metrics', () => {
  it('has every phase of a deploy but the pull', () => {
    expect(metrics.DeployPhaseMilliseconds.dimension.values).toEqual([
      ...deployPhases.filter((phase) => phase !== 'Pulling'),
      'Running',
    ]);
  });

  it('has every state of a cluster that is reconciled', () => {
    expect(metrics.Clusters.dimension.values.toSorted()).toEqual(reconciledStates.toSorted());
  });
});

const hasDimension = ({ dimensions }: ReadMetric, expected: object) =>
  Object.entries(expected).every(([key, value]) => dimensions[key] === value);
