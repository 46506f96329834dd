import { beforeEach, describe, expect, it } from 'vitest';

import { origins } from '#test/fakes/origins.ts';
import { clusterId, jar, limitTarget, session, startSession, world } from '#test/unit/shared/clusters/fixture.ts';

const sized = { requests: { cpu: '100m', memory: '128Mi' } };
const withContainers = (resources: object | undefined, list = 'containers', kind = 'jobmanager') => ({
  podTemplates: { [kind]: { spec: { [list]: [{ name: 'agent', image: 'flink:2.3', resources }] } } },
});
const application = { mode: 'application', job: { jar: 'local:///a.jar' } };

describe.each(origins)('what a target with limits cannot count, from %s', (_origin, send) => {
  const deploy = (data: Readonly<Record<string, unknown>>) =>
    send('deploy', { clusterId, data: { ...session, ...data } }, world);

  describe('with limits of CPU and memory', () => {
    beforeEach(() => limitTarget({ limits: { cpu: 100, memoryGibibytes: 100 } }));

    it.each([
      ['/config/kubernetes.jobmanager.cpu.amount', { config: { 'kubernetes.jobmanager.cpu.amount': '0' } }],
      ['/config/kubernetes.jobmanager.cpu.amount', { config: { 'kubernetes.jobmanager.cpu.amount': '0.0004' } }],
      ['/config/kubernetes.jobmanager.cpu', { config: { 'kubernetes.jobmanager.cpu': '0.0' } }],
      ['/config/scheduler-mode', { config: { 'scheduler-mode': 'REACTIVE' } }],
      [
        '/config/kubernetes.jobmanager.entrypoint.args',
        { config: { 'kubernetes.jobmanager.entrypoint.args': '-Dscheduler-mode=reactive' } },
      ],
      ['/config/execution.batch.speculative.enabled', { config: { 'execution.batch.speculative.enabled': 'true' } }],
      [
        '/config/jobmanager.adaptive-batch-scheduler.speculative.enabled',
        { config: { 'jobmanager.adaptive-batch-scheduler.speculative.enabled': 'true' } },
      ],
      [
        '/job/sql/script',
        {
          mode: 'application',
          job: { sql: { script: "SET 'execution.batch.speculative.enabled' = 'true'; SELECT 1;" } },
        },
      ],
      ['/config/resourcemanager.taskmanager-timeout', { config: { 'resourcemanager.taskmanager-timeout': '1 d' } }],
      ['/config/slotmanager.taskmanager-timeout', { config: { 'slotmanager.taskmanager-timeout': '301 s' } }],
      [
        '/podTemplates/taskmanager/spec/containers/0/resources/requests/cpu',
        withContainers({ requests: { cpu: '0m' } }, 'containers', 'taskmanager'),
      ],
      [
        '/podTemplates/jobmanager/spec/initContainers/0/resources/requests/memory',
        withContainers({ requests: { memory: '0Gi' } }, 'initContainers'),
      ],
      [
        '/podTemplates/default/spec/resources/limits/cpu',
        { podTemplates: { default: { spec: { resources: { limits: { cpu: '1n' } }, containers: [] } } } },
      ],
      [
        '/podTemplates/jobmanager/spec/containers/0/resources/requests/cpu',
        withContainers({ requests: { cpu: '0', memory: '1Gi' }, limits: { cpu: '4' } }),
      ],
      [
        '/podTemplates/jobmanager/spec/containers/0/resources/limits/memory',
        withContainers({ requests: { cpu: '1' }, limits: { memory: '0' } }),
      ],
    ])('is refused: %s %j', async (pointer, data) => {
      const sent = await deploy(data);

      expect(sent).toMatchObject({ outcome: 'rejected', code: 'refused-option' });
      expect(sent.errors).toContainEqual({
        pointer,
        detail: expect.stringContaining('Policy of target local, limits: '),
      });
    });

    it.each([
      { config: { 'kubernetes.jobmanager.cpu.amount': '0.001' } },
      { config: { 'resourcemanager.taskmanager-timeout': '5 min', 'execution.batch.speculative.enabled': 'false' } },
      withContainers(sized),
      withContainers(undefined),
      withContainers({ limits: { cpu: '1', memory: '1Gi' } }),
      { podTemplates: { default: { spec: { resources: sized, containers: [{ name: 'agent', image: 'a:1' }] } } } },
    ])('is not what has a request: %j', async (data) => {
      expect(await deploy(data)).toMatchObject({ outcome: 'done' });
    });

    it('is refused for a submit', async () => {
      await startSession(send);
      const config = { 'execution.batch.speculative.enabled': 'true' };

      expect(await send('submit', { clusterId, data: { jar, config } }, world)).toMatchObject({
        code: 'refused-option',
        pointers: ['/config/execution.batch.speculative.enabled'],
      });
    });
  });

  it('is refused if only a team has a limit', async () => {
    limitTarget({ shares: { etl: { cpu: 1, weight: 1 } } });

    expect(await deploy({ config: { 'kubernetes.jobmanager.cpu.amount': '0' } })).toMatchObject({
      code: 'refused-option',
    });
  });

  it.each([
    [{ clusters: 5 }, withContainers({ requests: { cpu: '0', memory: '0' } })],
    [{ memoryGibibytes: 100 }, { config: { 'kubernetes.jobmanager.cpu.amount': '0' } }],
    [{ cpu: 100 }, withContainers({ requests: { memory: '0' } })],
    [{}, { ...application, config: { 'scheduler-mode': 'reactive' } }],
  ])('is allowed without a limit of the resource: %j %j', async (limits, data) => {
    limitTarget({ limits });

    expect(await deploy(data)).toMatchObject({ outcome: 'done' });
  });
});
