import type { JobPlanRequest } from '#events/http/plans.ts';
import type { ClusterRef } from '#events/names.ts';
import { Fault } from '#events/problem.ts';
import { assertRunning, assertSession, assertUsableJar } from '#shared/clusters/commands/assertions.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import { getCluster } from '#shared/clusters/store/read.ts';
import { flinkRest } from '#shared/flink/rest/flink-rest.ts';

/** Of the half minute that an HTTP request may take. */
const longestMs = 22_000;

/**
 * The plan of a program, which a session makes by running main() as far as its first job. Nothing is left of it there.
 *
 * @throws Fault `program-failed` with the program's exception, `jar-refused`, and what keeps a session from taking jobs.
 */
export const planJob = async (
  clusterRef: ClusterRef,
  { jar, entryClass, args, parallelism }: JobPlanRequest,
  ports: Ports,
): Promise<unknown> => {
  const target = await ports.targets.get(clusterRef.target);
  const { value: cluster } = await getCluster(clusterRef, ports.store);
  assertSession(cluster);
  assertRunning(cluster);
  await assertUsableJar(jar, target, ports.jars);
  const options = {
    programArgsList: args,
    ...(entryClass === undefined ? {} : { entryClass }),
    ...(parallelism === undefined ? {} : { parallelism }),
  };
  // What is left of the caller's time then is for the removal of the jar.
  const late = AbortSignal.timeout(longestMs);
  const within = AbortSignal.any([ports.signal, late]);
  const rest = flinkRest(ports.withSignal(within).kubernetes(target).flink(clusterRef.clusterId));
  try {
    const { stream, bytes } = await ports.jars.open(jar, within);
    const jarId = await rest.uploadJar({ name: jar.slice(jar.lastIndexOf('/') + 1), body: stream, bytes });
    try {
      return await rest.getJobPlan(jarId, options);
    } finally {
      await dropJar(jarId);
    }
  } catch (error) {
    if (!late.aborted) throw error;
    throw new Fault('program-failed', `there was no plan within ${longestMs / 1_000} s`, {
      reason: 'DeadlineExceeded',
    });
  }

  /** What stays there is lost with the JobManager: no reason to hold back a plan. */
  async function dropJar(jarId: string) {
    try {
      await flinkRest(ports.kubernetes(target).flink(clusterRef.clusterId)).deleteJar(jarId);
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      ports.log.warn('jar not removed', { ...clusterRef, code: error.code });
    }
  }
};
