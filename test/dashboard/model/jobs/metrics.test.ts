import { describe, expect, it } from 'vitest';

import { appendSample, parseVertexMetrics, parseVertices, toSeries } from '../../../../dashboard/model/jobs/metrics.ts';

const vertex = (id: string, name: string) => ({ id, name, parallelism: 1, status: 'RUNNING', isSource: false });

describe('parseVertices', () => {
  it.each(['../../../../v1/targets', 'a/b', '..', '?x', '', 'A'.repeat(32)])(
    'leaves out the ID %j, which leads to another path',
    (id) => {
      const ids = [id, 'a'.repeat(32)].map((one) => ({ id: one, name: 'Map' }));
      expect(parseVertices({ vertices: ids }).map((vertex) => vertex.id)).toEqual(['a'.repeat(32)]);
    },
  );
});

describe('parseVertexMetrics', () => {
  const answer = [
    { id: 'numRecordsInPerSecond', sum: 10, max: 6 },
    { id: 'numRecordsOutPerSecond', sum: 20, max: 12 },
    { id: 'backPressuredTimeMsPerSecond', sum: 900, max: 800 },
  ];

  it('takes what a source sends, and what others receive', () => {
    expect(parseVertexMetrics(answer, { isSource: true })).toEqual({ recordsPerSecond: 20, backpressurePercent: 80 });
    expect(parseVertexMetrics(answer, { isSource: false })).toEqual({ recordsPerSecond: 10, backpressurePercent: 80 });
  });

  it.each([[[]], [null], [[{ id: 'numRecordsInPerSecond', sum: 'NaN' }]]])('has no value of %j', (none) => {
    expect(parseVertexMetrics(none, { isSource: false })).toEqual({});
  });

  it('stays within 100 percent', () => {
    const wild = [{ id: 'backPressuredTimeMsPerSecond', max: 1_004 }];
    expect(parseVertexMetrics(wild, { isSource: false }).backpressurePercent).toBe(100);
  });
});

describe('toSeries', () => {
  it('has the samples of a vertex in order, without those that lack a value', () => {
    const samples = [
      { at: 1, vertices: { a: { recordsPerSecond: 5 }, b: {} } },
      { at: 2, vertices: { a: {}, b: {} } },
      { at: 3, vertices: { a: { recordsPerSecond: 7 }, b: {} } },
    ];
    expect(toSeries(samples, [vertex('a', 'Map'), vertex('b', 'Sink')], 'recordsPerSecond')).toEqual([
      {
        title: 'Map',
        points: [
          { x: new Date(1), y: 5 },
          { x: new Date(3), y: 7 },
        ],
      },
    ]);
  });

  it('gives vertices with the same name different titles', () => {
    const samples = [{ at: 1, vertices: { a: { recordsPerSecond: 5 }, b: { recordsPerSecond: 6 } } }];
    const titles = toSeries(samples, [vertex('a', 'Map'), vertex('b', 'Map')], 'recordsPerSecond').map(
      ({ title }) => title,
    );
    expect(titles).toEqual(['Map', 'Map (2)']);
  });
});

it('keeps the samples of an hour', () => {
  let samples: ReturnType<typeof appendSample> = [];
  for (let at = 0; at < 400; at += 1) samples = appendSample(samples, { at, vertices: {} });
  expect([samples.length, samples[0]?.at, samples.at(-1)?.at]).toEqual([360, 40, 399]);
});
