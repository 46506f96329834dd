import type { JobState } from '#events/records/job.ts';
import type { RestRequest, RestResponse } from '#shared/flink/rest/transport/transport.ts';

import { respondErrors, respondJson } from './flink-responses.ts';

interface Bounds {
  readonly lowerBound: number;
  readonly upperBound: number;
}

interface FakeVertex {
  readonly id: string;
  readonly maxParallelism: number;
  readonly group?: string;
  parallelism: number;
  bounds: Bounds;
}

/** The vertices of a job of the adaptive scheduler, and how many slots each of them may use. */
export interface FakeScaling {
  readonly vertices: readonly FakeVertex[];
  slots: number;
  /** The message of Flink when it refuses new requirements. */
  refusal?: string;
}

interface ScalableJob {
  readonly state: JobState;
  readonly scaling?: FakeScaling | undefined;
}

/** A job with a source and a sink, which share slots. */
export const newScaling = (parallelism: number, { slots = 100, maxParallelism = 128 } = {}): FakeScaling => ({
  slots,
  vertices: ['a', 'b'].map((letter) => ({
    id: letter.repeat(32),
    maxParallelism,
    group: 'default',
    parallelism,
    bounds: { lowerBound: 1, upperBound: parallelism },
  })),
});

const unsupported =
  'Internal server error.\n<Exception on server side:\njava.lang.UnsupportedOperationException: The DefaultScheduler does not support changing the parallelism without a job restart. This feature is currently only expected to work with the AdaptiveScheduler.\n\tat org.apache.flink.runtime.scheduler.SchedulerNG.requestJobResourceRequirements(SchedulerNG.java:200)\nEnd of exception on server side>';

/** The answers of Flink to `/v1/jobs/:jobid/resource-requirements`. A job without scaling has the default scheduler. */
export const answerRequirements = ({ scaling }: ScalableJob, { method, json }: RestRequest): RestResponse => {
  if (scaling === undefined) return respondErrors(500, unsupported);
  if (method === 'GET')
    return respondJson(Object.fromEntries(scaling.vertices.map(({ id, bounds }) => [id, { parallelism: bounds }])));
  if (scaling.refusal !== undefined) return respondErrors(400, scaling.refusal);
  const requested = json as Readonly<Record<string, { readonly parallelism: Bounds }>>; // What flinkRest sends.
  for (const vertex of scaling.vertices) vertex.bounds = requested[vertex.id]?.parallelism ?? vertex.bounds;
  return respondJson({});
};

/** The vertices of a job as `/v1/jobs/:jobid` has them. The slots decide with which parallelism they run. */
export const toVertices = ({ scaling, state }: ScalableJob) =>
  (scaling?.vertices ?? []).map((vertex) => {
    vertex.parallelism = Math.min(vertex.bounds.upperBound, scaling?.slots ?? 0);
    const { id, maxParallelism, parallelism, group } = vertex;
    return {
      id,
      name: `vertex ${id[0]}`,
      maxParallelism,
      parallelism,
      slotSharingGroupId: group,
      tasks: { RUNNING: state === 'RUNNING' ? parallelism : 0, FINISHED: 0, CREATED: 0 },
    };
  });
