import { isHexId } from '#events/hex-id.ts';

import { field, listAt, numberAt, textAt } from './fields.ts';

/** A vertex of the job graph: operators that run together. */
export interface Vertex {
  readonly id: string;
  readonly name: string;
  readonly parallelism: number;
  readonly status: string;
  /** Whether it has no input of the job. */
  readonly isSource: boolean;
}

/** @param details Flink's answer to `/jobs/ID`. */
export const parseVertices = (details: unknown): readonly Vertex[] => {
  const withInputs = new Set(
    listAt(details, 'plan', 'nodes')
      .filter((node) => listAt(node, 'inputs').length > 0)
      .map((node) => textAt(node, 'id')),
  );
  return listAt(details, 'vertices').flatMap((vertex) => {
    const id = textAt(vertex, 'id');
    // The IDs are parts of paths, and a program on the cluster can answer in place of Flink.
    if (id === undefined || !isHexId(id)) return [];
    return [
      {
        id,
        name: textAt(vertex, 'name') ?? id,
        parallelism: numberAt(vertex, 'parallelism') ?? 1,
        status: textAt(vertex, 'status') ?? '',
        isSource: !withInputs.has(id),
      },
    ];
  });
};

/** Flink's metrics of the tasks of a vertex. The rates are means of the last minute, the times those per second. */
export const vertexMetrics = [
  'numRecordsInPerSecond',
  'numRecordsOutPerSecond',
  'backPressuredTimeMsPerSecond',
] as const;

/** What a vertex did at the time of a sample. Absent: Flink has no value yet. */
interface VertexSample {
  /** Of a source, the records that it sent; of others, those that they received. */
  readonly recordsPerSecond?: number | undefined;
  /** 0 to 100: how much of its time the most backpressured task waited for those that it sends to. */
  readonly backpressurePercent?: number | undefined;
}

export interface MetricSample {
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** By the ID of the vertex. */
  readonly vertices: Readonly<Record<string, VertexSample>>;
}

/** @param answer Flink's answer to `/jobs/ID/vertices/ID/subtasks/metrics` with the sum and the maximum of each metric. */
export const parseVertexMetrics = (answer: unknown, { isSource }: Pick<Vertex, 'isSource'>): VertexSample => {
  const metrics = Array.isArray(answer) ? answer : [];
  const find = (name: (typeof vertexMetrics)[number]) => metrics.find((metric) => field(metric, 'id') === name);
  const waitedMs = numberAt(find('backPressuredTimeMsPerSecond'), 'max');
  return {
    recordsPerSecond: numberAt(find(isSource ? 'numRecordsOutPerSecond' : 'numRecordsInPerSecond'), 'sum'),
    backpressurePercent: waitedMs === undefined ? undefined : Math.min(100, Math.max(0, waitedMs / 10)),
  };
};

/** An hour of samples. */
const maxSamples = 360;

export const appendSample = (samples: readonly MetricSample[], sample: MetricSample): readonly MetricSample[] =>
  [...samples, sample].slice(-maxSamples);

export interface Series {
  readonly title: string;
  readonly points: readonly { readonly x: Date; readonly y: number }[];
}

/** The samples of one value, for each vertex that has any. Vertices with the same name get numbers. */
export const toSeries = (
  samples: readonly MetricSample[],
  vertices: readonly Vertex[],
  value: keyof VertexSample,
): readonly Series[] =>
  vertices.flatMap((vertex, index) => {
    const points = samples.flatMap(({ at, vertices: values }) => {
      const y = values[vertex.id]?.[value];
      return y === undefined ? [] : [{ x: new Date(at), y }];
    });
    const sameName = vertices.slice(0, index).filter(({ name }) => name === vertex.name).length;
    const title = sameName === 0 ? vertex.name : `${vertex.name} (${sameName + 1})`;
    return points.length === 0 ? [] : [{ title, points }];
  });
