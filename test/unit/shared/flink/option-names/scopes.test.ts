import { describe, expect, it } from 'vitest';

import { resolveConfig } from '#shared/flink/cluster-config.ts';
import { toCurrentKey } from '#shared/flink/option-names/canonical.ts';
import { isClusterOption } from '#shared/flink/option-names/cluster-options.ts';
import groups from '#shared/flink/option-names/keys.json' with { type: 'json' };
import { isReservedOption } from '#shared/flink/option-names/reserved.ts';

const keys = [...new Set(groups.flatMap(({ known }) => known.map((key) => key.replace(/\*$/, 'x'))))];

/** What the options begin with that a job, or the client that submits it, reads. */
const jobPrefixes = [
  'class',
  'client.',
  'compiler.',
  'dstl.',
  'execution.',
  'fine-grained.',
  'materialized-table.',
  'parallelism.',
  'partition.',
  'pipeline.',
  'python.',
  'restart-strategy',
  'sink.',
  'sql-client.',
  'sql-gateway.',
  'state.',
  'table.',
  'task.',
  'timerservice.',
];

describe('the options of a cluster', () => {
  it('are told from those of jobs for every option of Flink', () => {
    const undecided = keys.filter((key) => {
      const name = toCurrentKey(key, '2.3');
      const isJobOption = jobPrefixes.some((prefix) => name.startsWith(prefix));
      return !isJobOption && !isClusterOption(key) && !isReservedOption(key);
    });

    expect(keys.length).toBeGreaterThan(1_000);
    expect(undecided).toEqual([]);
  });

  it.each(['process.working-dir', 'jobstore.cache-size', 'jmx.server.port', 'slot.idle.timeout', 'recovery.mode'])(
    'include %s',
    (key) => {
      expect(isClusterOption(key)).toBe(true);
    },
  );

  it.each(['pipeline.name', 'table.local-time-zone', 'jobmanager.adaptive-batch-scheduler.max-parallelism', 'my.own'])(
    'do not include %s',
    (key) => {
      expect(isClusterOption(key)).toBe(false);
    },
  );
});

describe('the reserved options', () => {
  /** The command itself compares these two with its own values. */
  const compared = ['kubernetes.cluster-id', 'kubernetes.namespace'];

  it.each([{}, { 'high-availability.type': 'kubernetes' }])(
    'are all options whose value of the caller is replaced (%j)',
    (base) => {
      const replaced = keys.filter((key) => {
        const config = { ...base, [key]: 'x' };
        const input = { mode: 'application', clusterId: 'a', namespace: 'n', flinkVersion: '2.3', config } as const;
        const job = { sql: { script: 'SELECT 1' } };
        const value = resolveConfig({ ...input, job }).config[toCurrentKey(key, '2.3')];
        const isOwn = Object.hasOwn(base, toCurrentKey(key, '2.3')) || compared.includes(key);
        return value !== undefined && value !== 'x' && !isOwn;
      });

      expect(replaced).toContain('execution.target');
      expect(replaced.filter((key) => !isReservedOption(key))).toEqual([]);
    },
  );
});
