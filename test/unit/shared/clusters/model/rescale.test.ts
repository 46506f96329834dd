import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { countSlots, listBoundVertices, planRequirements, runsAsRequired } from '#shared/clusters/model/rescale.ts';
import type { JobVertex } from '#shared/flink/rest/resource-requirements.ts';

const jobId = 'a'.repeat(32);
const vertex = (id: string, fields: Partial<JobVertex> = {}): JobVertex => ({
  id,
  name: `vertex ${id}`,
  parallelism: 2,
  maxParallelism: 128,
  slotSharingGroupId: 'default',
  tasks: { RUNNING: 2 },
  ...fields,
});
const current = [
  { vertex: 'a', min: 1, max: 2 },
  { vertex: 'b', min: 2, max: 2 },
];

describe('planRequirements', () => {
  it('gives each vertex the parallelism, and keeps its least one', () => {
    const vertices = [vertex('a'), vertex('b')];

    expect(planRequirements({ jobId, parallelism: 4 }, { vertices, current })).toEqual([
      { vertex: 'a', min: 1, max: 4 },
      { vertex: 'b', min: 2, max: 4 },
    ]);
    expect(planRequirements({ jobId, parallelism: 1 }, { vertices, current })).toEqual([
      { vertex: 'a', min: 1, max: 1 },
      { vertex: 'b', min: 1, max: 1 },
    ]);
  });

  it('gives a vertex no more than its maximum', () => {
    const vertices = [vertex('a'), vertex('b', { maxParallelism: 1 }), vertex('c', { maxParallelism: 3 })];

    expect(planRequirements({ jobId, parallelism: 4 }, { vertices, current })).toMatchObject([
      { vertex: 'a', max: 4 },
      { vertex: 'b', min: 1, max: 1 },
      { vertex: 'c', max: 3 },
    ]);
    expect(listBoundVertices(vertices, 4)).toEqual(['vertex c (3)']);
  });

  it('refuses a parallelism that no vertex can have', () => {
    expect(() => planRequirements({ jobId, parallelism: 200 }, { vertices: [vertex('a')], current: [] })).toThrow(
      'its maximum parallelism is 128',
    );
  });

  it('waits for a job whose vertices Flink does not report yet', () => {
    const refusal = expect.objectContaining({ code: 'not-ready' });

    expect(() => planRequirements({ jobId, parallelism: 2 }, { vertices: [], current: [] })).toThrow(refusal);
    expect(() => planRequirements({ jobId, parallelism: 2 }, { vertices: [vertex('a')], current })).toThrow(refusal);
  });

  it('never requires more than a vertex can have, and never a least parallelism above the largest', () => {
    const maxima = fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 5 });
    const parallelisms = fc.integer({ min: 1, max: 200 });
    fc.assert(
      fc.property(maxima, parallelisms, parallelisms, (sizes, parallelism, min) => {
        fc.pre(parallelism <= Math.max(...sizes));
        const vertices = sizes.map((maxParallelism, index) => vertex(String(index), { maxParallelism }));
        const known = vertices.map(({ id }) => ({ vertex: id, min, max: min }));

        const planned = planRequirements({ jobId, parallelism }, { vertices, current: known });

        expect(planned.map(({ max }) => max)).toEqual(sizes.map((size) => Math.min(size, parallelism)));
        expect(planned.every((bounds) => bounds.min >= 1 && bounds.min <= bounds.max)).toBe(true);
      }),
    );
  });
});

describe('countSlots', () => {
  const require = (id: string, max: number) => ({ vertex: id, min: 1, max });

  it('adds the slots of the slot sharing groups, each as large as its largest vertex', () => {
    const vertices = [vertex('a'), vertex('b'), vertex('c', { slotSharingGroupId: 'other' })];

    expect(countSlots(vertices, [require('a', 2), require('b', 5), require('c', 3)])).toBe(8);
  });
});

describe('runsAsRequired', () => {
  const required = [{ vertex: 'a', min: 1, max: 2 }];

  it.each([
    ['all tasks run', { state: 'RUNNING', vertices: [vertex('a')] }, true],
    [
      'some tasks have finished',
      { state: 'RUNNING', vertices: [vertex('a', { tasks: { RUNNING: 1, FINISHED: 1 } })] },
      true,
    ],
    [
      'a task is deployed',
      { state: 'RUNNING', vertices: [vertex('a', { tasks: { RUNNING: 1, DEPLOYING: 1 } })] },
      false,
    ],
    [
      'a vertex has fewer tasks',
      { state: 'RUNNING', vertices: [vertex('a', { parallelism: 1, tasks: { RUNNING: 1 } })] },
      false,
    ],
    ['the job restarts', { state: 'RESTARTING', vertices: [vertex('a')] }, false],
    ['no vertex is reported', { state: 'RUNNING', vertices: [] }, false],
  ] as const)('says whether the job runs with its parallelism when %s', (_when, job, expected) => {
    expect(runsAsRequired(job, required)).toBe(expected);
  });
});
