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
const sqlJob = (script: string) => ({ mode: 'application', job: sql(script) });

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
      'the parallelism of a sink',
      sqlJob("CREATE TABLE t (a INT) WITH ('sink.parallelism' = '5'); INSERT INTO t VALUES 1;"),
      {},
      7,
      1_024 + 3 * 2_048,
    ],
    [
      'the parallelism of a changed table',
      sqlJob("ALTER TABLE t SET ('scan.parallelism'\n=\n'5'); INSERT INTO t VALUES 1;"),
      {},
      7,
      1_024 + 3 * 2_048,
    ],
    [
      'the parallelism in a hint',
      sqlJob("INSERT INTO t /*+ OPTIONS('sink.parallelism' = '5') */ SELECT 1;"),
      {},
      7,
      1_024 + 3 * 2_048,
    ],
    [
      'the parallelism of a name in two texts',
      sqlJob("CREATE TABLE `it's` (a INT) WITH ('sink.'\n'parallelism' = /* x */ '5'); SELECT 1;"),
      {},
      7,
      1_024 + 3 * 2_048,
    ],
    [
      'the tasks of a Hudi table',
      sqlJob("CREATE TABLE t (a INT) WITH ('write.tasks' = '5', 'path' = 'x'); SELECT 1;"),
      {},
      7,
      1_024 + 3 * 2_048,
    ],
    [
      'the files of a Hive table',
      sqlJob("SET 'table.exec.hive.infer-source-parallelism.max' = '5'; SELECT 1;"),
      {},
      7,
      1_024 + 3 * 2_048,
    ],
    [
      'no maximum parallelism of state',
      sqlJob("CREATE TABLE t (a INT) WITH ('x.max-parallelism' = '5', 'scan.infer-parallelism' = 'true'); SELECT 1;"),
      {},
      3,
      1_024 + 2_048,
    ],
    [
      'each job of a script',
      sqlJob('INSERT INTO a SELECT 1; INSERT INTO b SELECT 1; CALL sys.compact();'),
      {},
      5,
      1_024 + 2 * 2_048,
    ],
    [
      'one job of a script that waits for each',
      sqlJob("SET 'table.dml-sync' = 'true'; INSERT INTO a SELECT 1; INSERT INTO b SELECT 1; CALL c();"),
      {},
      3,
      1_024 + 2_048,
    ],
    [
      'each job of a script that waits for some',
      sqlJob(
        "SET 'table.dml-sync' = 'true'; INSERT INTO a SELECT 1; SET 'table.dml-sync' = 'false'; INSERT INTO b SELECT 1; CALL c();",
      ),
      {},
      5,
      1_024 + 2 * 2_048,
    ],
    [
      'the parallelism of batch jobs',
      application,
      { 'execution.batch.adaptive.auto-parallelism.max-parallelism': '5' },
      7,
      1_024 + 3 * 2_048,
    ],
    [
      'the parallelism of batch jobs by its old name',
      application,
      { 'jobmanager.adaptive-batch-scheduler.default-source-parallelism': '5' },
      7,
      1_024 + 3 * 2_048,
    ],
    [
      'the parallelism that Flink chooses',
      application,
      { 'parallelism.default': '-1' },
      1 + 2 * 64,
      1_024 + 64 * 2_048,
    ],
    [
      'the spare TaskManagers of a session',
      session,
      { 'slotmanager.redundant-taskmanager-num': '2' },
      5,
      1_024 + 2 * 2_048,
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

  it.each([
    String.raw`CREATE TABLE t (a INT) WITH (U&'sink.p\0061rallelism' = '5');`,
    "CREATE TABLE t (a INT) WITH (U&'sink.p!0061rallelism' UESCAPE '!' = '5');",
    String.raw`CREATE TABLE t (a INT) WITH ('sink.parallelism' = U&'\0035');`,
    String.raw`SELECT 1 FROM t /*+ OPTIONS(E'scan.p\x61rallelism' = '5') */;`,
  ])('is refused if Drey cannot read an option of a table: %s', async (script) => {
    expect(await send('deploy', { clusterId, data: sqlJob(`${script} SELECT 1;`) }, world)).toMatchObject({
      code: 'refused-option',
      errors: [{ pointer: '/job/sql/script', detail: expect.stringContaining('line 1: Drey cannot read') }],
    });
  });

  it('takes the last letter of a word before a text for no escape', async () => {
    const script = "SELECT a FROM t WHERE (b LIKE'x') = (DATE'2026-01-01' = '2026');";

    expect(await send('deploy', { clusterId, data: sqlJob(script) }, world)).not.toHaveProperty('code');
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
      ['its tables', sql("CREATE TABLE t (a INT) WITH ('sink.parallelism' = '100'); INSERT INTO t SELECT 1;")],
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
