import * as z from 'zod';

import { Fault } from '#events/problems/problem.ts';
import { JobState } from '#events/records/job.ts';

import type { RestClient } from '#shared/flink/rest/transport/client.ts';
import {
  isSuccess,
  newRestFault,
  parseResponse,
  readCauses,
  toJobNotFound,
  toStatusFault,
} from '#shared/flink/rest/transport/faults.ts';
import type { RestResponse } from '#shared/flink/rest/transport/transport.ts';
import { urlPath } from '#shared/flink/rest/transport/url-path.ts';
import { Identifier, Text } from '#shared/flink/rest/transport/values.ts';

const Count = z.int().min(1).max(32_768);
const RequirementsBody = z.record(
  Identifier,
  z.object({ parallelism: z.object({ lowerBound: Count, upperBound: Count }) }),
);

const Vertex = z.object({
  id: Identifier,
  name: Text,
  /** The actual parallelism. Not positive while the job waits for slots. */
  parallelism: z.int(),
  maxParallelism: z.int(),
  slotSharingGroupId: Identifier.nullish(),
  /** The number of tasks in each state, in upper case. */
  tasks: z.record(z.string(), z.int()),
});
const JobVertices = z.object({ state: JobState, vertices: z.array(Vertex) });

/** A vertex of a job, which Flink also calls a task of its graph. */
export type JobVertex = Readonly<z.infer<typeof Vertex>>;

/** The least and the largest parallelism of a vertex, by its ID. */
interface VertexRequirement {
  readonly vertex: string;
  readonly min: number;
  readonly max: number;
}

/** What a job requires, sorted by the IDs of its vertices. */
export type ResourceRequirements = readonly VertexRequirement[];

/**
 * The part of Flink's REST API that changes the parallelism of running jobs. It is the same in Flink 1.20 to 2.3.
 *
 * @see Flink 2.3 `JobResourceRequirementsHeaders`, `JobResourcesRequirementsUpdateHeaders`
 */
export const createResourceRequirementMethods = (client: RestClient) => ({
  /**
   * What a job requires. The adaptive scheduler alone has requirements.
   *
   * @throws Fault `not-found` when Flink does not have the job, `wrong-state` for a job of another scheduler.
   */
  getRequirements: async (jobId: string): Promise<ResourceRequirements> => {
    const path = urlPath`/v1/jobs/${jobId}/resource-requirements`;
    const response = await client.send({ method: 'GET', path });
    assertSupported(jobId, response);
    const body = parseResponse(response, RequirementsBody, `GET ${path}`);
    return Object.entries(body)
      .map(([vertex, { parallelism }]) => ({ vertex, min: parallelism.lowerBound, max: parallelism.upperBound }))
      .toSorted((one, other) => (one.vertex < other.vertex ? -1 : 1));
  },

  /**
   * Changes what a job requires. The result does not wait for the rescale. With high availability Flink keeps the
   * requirements when its JobManager restarts.
   *
   * @throws Fault `not-found` when Flink does not have the job, `wrong-state` for a job of another scheduler, `conflict`
   *   while Flink executes another change, `rescale-failed` with the reason of Flink when it refuses the requirements.
   */
  setRequirements: async (jobId: string, requirements: ResourceRequirements): Promise<void> => {
    const path = urlPath`/v1/jobs/${jobId}/resource-requirements`;
    const json = Object.fromEntries(
      requirements.map(({ vertex, min, max }) => [vertex, { parallelism: { lowerBound: min, upperBound: max } }]),
    );
    const response = await client.send({ method: 'PUT', path, json });
    assertSupported(jobId, response);
    if (response.status === 409)
      throw newRestFault('conflict', response, `Flink changes the parallelism of job ${jobId} already`);
    if (response.status === 400)
      throw newRestFault('rescale-failed', response, `Flink refused the parallelism of job ${jobId}`);
    if (!isSuccess(response)) throw toStatusFault(response, `PUT ${path}`);
  },

  /**
   * The state of a job and its vertices, up to `web.refresh-interval` old.
   *
   * @throws Fault `not-found` when Flink does not have the job.
   */
  getVertices: (jobId: string) => client.get(urlPath`/v1/jobs/${jobId}`, JobVertices),
});

/** @throws Fault `not-found`, `wrong-state` */
const assertSupported = (jobId: string, response: RestResponse): void => {
  const names = readCauses(response).map(({ name }) => name);
  if (response.status === 404 || names.includes('FlinkJobNotFoundException')) throw toJobNotFound(jobId, response);
  if (names.includes('UnsupportedOperationException'))
    throw new Fault(
      'wrong-state',
      `Job ${jobId} does not use the adaptive scheduler, so its parallelism cannot change without a restart. Deploy the cluster with jobmanager.scheduler: adaptive, or restart the job from a savepoint with another parallelism. Batch jobs cannot be rescaled.`,
      { cause: response.body },
    );
};
