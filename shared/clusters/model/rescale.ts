import { Fault } from '#events/problems/problem.ts';
import type { JobState } from '#events/records/job.ts';
import type { Demand } from '#events/records/target.ts';
import type { JobVertex, ResourceRequirements } from '#shared/flink/rest/resource-requirements.ts';

/**
 * What a job requires for a parallelism of each vertex, bounded by the maximum parallelism of the vertex. The least
 * parallelism stays as it is, because a job that loses a TaskManager then continues with the slots that are left.
 *
 * @throws Fault `wrong-state` when no vertex can have the parallelism.
 */
export const planRequirements = (
  { jobId, parallelism }: { readonly jobId: string; readonly parallelism: number },
  { vertices, current }: { readonly vertices: readonly JobVertex[]; readonly current: ResourceRequirements },
): ResourceRequirements => {
  const largest = Math.max(...vertices.map(({ maxParallelism }) => maxParallelism));
  if (vertices.length === 0 || current.some(({ vertex }) => !vertices.some(({ id }) => id === vertex)))
    throw new Fault('not-ready', `Flink does not report all vertices of job ${jobId} yet. Retry when the job runs.`, {
      retryAfterSeconds: 5,
    });
  if (parallelism > largest)
    throw new Fault(
      'wrong-state',
      `Job ${jobId} cannot run with parallelism ${parallelism}, because its maximum parallelism is ${largest}. Use at most ${largest}, or deploy it with a larger pipeline.max-parallelism.`,
    );
  return vertices
    .map(({ id, maxParallelism }) => {
      const max = Math.min(parallelism, maxParallelism);
      return { vertex: id, min: Math.min(findRequirement(current, id)?.min ?? 1, max), max };
    })
    .toSorted((one, other) => (one.vertex < other.vertex ? -1 : 1));
};

const findRequirement = (requirements: ResourceRequirements, id: string) =>
  requirements.find(({ vertex }) => vertex === id);

/** The names of the vertices that get less than the parallelism. A vertex without parallel instances always has one. */
export const listBoundVertices = (vertices: readonly JobVertex[], parallelism: number): readonly string[] =>
  vertices
    .filter(({ maxParallelism }) => maxParallelism > 1 && maxParallelism < parallelism)
    .map(({ name, maxParallelism }) => `${name} (${maxParallelism})`);

/** How many slots a job needs for its largest parallelism: those of its slot sharing groups, one after another. */
export const countSlots = (vertices: readonly JobVertex[], requirements: ResourceRequirements): number =>
  [...Map.groupBy(vertices, ({ slotSharingGroupId }) => slotSharingGroupId ?? '').values()].reduce(
    (sum, group) => sum + Math.max(...group.map(({ id }) => findRequirement(requirements, id)?.max ?? 0)),
    0,
  );

/** Whether a rescale takes more capacity. */
export const increases = ({ cpu, memoryMebibytes }: Pick<Demand, 'cpu' | 'memoryMebibytes'>): boolean =>
  cpu > 0 || memoryMebibytes > 0;

export const isSameRequirements = (one: ResourceRequirements, other: ResourceRequirements): boolean =>
  one.length === other.length &&
  one.every(({ vertex, min, max }) => {
    const same = findRequirement(other, vertex);
    return same?.min === min && same.max === max;
  });

interface RunningVertices {
  readonly state: JobState;
  readonly vertices: readonly JobVertex[];
}

/** Whether each vertex of a job runs with the largest parallelism that the job requires. */
export const runsAsRequired = ({ state, vertices }: RunningVertices, requirements: ResourceRequirements): boolean =>
  state === 'RUNNING' &&
  vertices.length > 0 &&
  vertices.every(
    ({ id, parallelism, tasks }) =>
      parallelism === findRequirement(requirements, id)?.max &&
      (tasks['RUNNING'] ?? 0) + (tasks['FINISHED'] ?? 0) === parallelism,
  );

/** The largest parallelism with which a vertex of the job runs. */
export const findParallelism = ({ vertices }: Pick<RunningVertices, 'vertices'>): number =>
  Math.max(0, ...vertices.map(({ parallelism }) => parallelism));
