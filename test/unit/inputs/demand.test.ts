import { beforeEach, describe, expect, it } from 'vitest';

import { origins } from '#test/fakes/origins.ts';
import {
  clusterId,
  jar,
  limitTarget,
  session,
  setPolicy,
  startSession,
  world,
} from '#test/unit/shared/clusters/fixture.ts';

const sizes = {
  'jobmanager.memory.process.size': '1g',
  'taskmanager.memory.process.size': '2g',
  'taskmanager.numberOfTaskSlots': '2',
};
const application = { mode: 'application', job: { jar: 'local:///a.jar' } };
const sql = (script: string) => ({ sql: { script } });

describe.each(origins)('what a command takes of its target, from %s', (_origin, send) => {
  const demandOf = async (data: Readonly<Record<string, unknown>>) => {
    await send('deploy', { clusterId, data }, world);
    return [...world.store.admitted.values()].at(-1)?.demand;
  };

  it.each([
    ['a session without TaskManagers', session, {}, 1, 1_024],
    ['the least CPU', session, { 'slotmanager.min-total-resource.cpu': '7' }, 1 + 4 * 2, 1_024 + 4 * 2_048],
    ['the least memory', session, { 'slotmanager.min-total-resource.memory': '3g' }, 1 + 3 * 2, 1_024 + 3 * 2_048],
    [
      'the least CPU and spare TaskManagers',
      session,
      { 'slotmanager.min-total-resource.cpu': '1', 'slotmanager.redundant-taskmanager-num': '2' },
      7,
      1_024 + 3 * 2_048,
    ],
    ['the parallelism of the program', application, { 'parallelism.default': '5' }, 7, 1_024 + 3 * 2_048],
    [
      'the parallelism of single operators',
      application,
      { 'pipeline.jobvertex-parallelism-overrides': 'a:1,b:5' },
      7,
      1_024 + 3 * 2_048,
    ],
    [
      'the parallelism of a single operator',
      application,
      { 'pipeline.jobvertex-parallelism-overrides.a': '5' },
      7,
      1_024 + 3 * 2_048,
    ],
    [
      'the parallelism of SQL operators',
      { mode: 'application', job: sql('SELECT 1;') },
      { 'table.exec.resource.default-parallelism': '5' },
      7,
      1_024 + 3 * 2_048,
    ],
    [
      'the parallelism that a script sets',
      { mode: 'application', job: sql("SET 'parallelism.default' = '5';\nSELECT 1;") },
      {},
      7,
      1_024 + 3 * 2_048,
    ],
    [
      'the parallelism that a script sets later',
      { mode: 'application', job: sql("SELECT 1;\nSET 'table.exec.resource.default-parallelism' = '5';\nSELECT 1;") },
      {},
      7,
      1_024 + 3 * 2_048,
    ],
    [
      'the parallelism in the arguments of the JobManager',
      application,
      { 'kubernetes.jobmanager.entrypoint.args': '-Dparallelism.default=5' },
      7,
      1_024 + 3 * 2_048,
    ],
    [
      'the slots in the arguments of the JobManager',
      session,
      { 'kubernetes.jobmanager.entrypoint.args': '-D slotmanager.number-of-slots.min=6' },
      7,
      1_024 + 3 * 2_048,
    ],
    [
      'an external resource that is the CPU',
      application,
      {
        'external-resources': 'x',
        'external-resource.x.amount': '9',
        'external-resource.x.kubernetes.config-key': 'cpu',
      },
      10,
      1_024 + 2_048,
    ],
    [
      'an external resource that is the memory',
      application,
      {
        'taskmanager.memory.process.size': '1g',
        'external-resources': 'x',
        'external-resource.x.amount': '2147483647',
        'external-resource.x.kubernetes.config-key': 'memory',
      },
      3,
      1_024 + 2_048,
    ],
  ])('includes %s', async (_what, data, config, cpu, memoryMebibytes) => {
    const image = 'flink:2.3';

    expect(await demandOf({ ...data, image, flinkVersion: '2.3', config: { ...sizes, ...config } })).toMatchObject({
      cpu,
      memoryMebibytes,
    });
  });

  it.each([
    ['/config/parallelism.default', { config: { 'parallelism.default': '1e3' } }],
    ['/config/table.exec.resource.default-parallelism', { config: { 'table.exec.resource.default-parallelism': 'x' } }],
    ['/config/slotmanager.min-total-resource.cpu', { config: { 'slotmanager.min-total-resource.cpu': 'many' } }],
    ['/config/slotmanager.min-total-resource.memory', { config: { 'slotmanager.min-total-resource.memory': 'x' } }],
  ])('is refused if %s cannot be read', async (pointer, data) => {
    expect(await send('deploy', { clusterId, data: { ...session, ...data } }, world)).toMatchObject({
      code: 'refused-option',
      pointers: [pointer],
    });
  });

  it.each(['jobmanager', 'taskmanager', 'default'])(
    'is refused if a quantity of the template %s cannot be read',
    async (name) => {
      const resources = { requests: { cpu: '1e-4294967293' }, limits: { memory: 'much' } };
      const containers = [{ name: 'agent', resources }];
      const spec = { containers, initContainers: containers, resources, overhead: { cpu: '-100' } };
      const at = `/podTemplates/${name}/spec`;

      const { outcome, pointers } = await send(
        'deploy',
        { clusterId, data: { ...session, podTemplates: { [name]: { spec } } } },
        world,
      );
      expect(outcome).toBe('rejected');
      expect(pointers.toSorted()).toEqual(
        [
          ...['/containers/0/resources', '/initContainers/0/resources', '/resources'].flatMap((place) => [
            `${at}${place}/limits/memory`,
            `${at}${place}/requests/cpu`,
          ]),
          `${at}/overhead/cpu`,
        ].toSorted(),
      );
    },
  );

  describe('on a session', () => {
    beforeEach(() => limitTarget({ limits: { cpu: 10 } }));

    it.each([
      ['its parallelism', { jar, parallelism: 100 }],
      ['its options', { jar, config: { 'parallelism.default': '100' } }],
      ['its SQL options', { jar, config: { 'table.exec.resource.default-parallelism': '100' } }],
      ['its script', sql("SET 'parallelism.default' = '100'; SELECT 1;")],
    ])('includes the parallelism of %s', async (_what, data) => {
      await startSession(send);

      expect(await send('submit', { clusterId, data }, world)).toMatchObject({ code: 'over-limit' });
    });

    it('includes the parallelism that the target has locked since the session started', async () => {
      await startSession(send);
      setPolicy({ locked: { 'parallelism.default': '100' } });

      expect(await send('submit', { clusterId, data: { jar } }, world)).toMatchObject({ code: 'over-limit' });
    });
  });
});
