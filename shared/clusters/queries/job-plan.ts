import type { JobPlanRequest } from '#events/http/plans.ts';
import type { ClusterRef } from '#events/names.ts';
import { Fault } from '#events/problems/problem.ts';
import type { NamedTarget } from '#events/records/target.ts';
import { assertRunning, assertSession, assertUsableJar } from '#shared/clusters/commands/assertions.ts';
import { findSubmitErrors } from '#shared/clusters/model/policy/find-policy-errors.ts';
import { assertAllowed } from '#shared/clusters/model/policy/option-rules.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import { getCluster } from '#shared/clusters/store/read.ts';
import { flinkRest } from '#shared/flink/rest/flink-rest.ts';

/** An HTTP request has 30 seconds. The rest is for the removal of the jar. */
const maxPlanMs = 22_000;

/**
 * The job plan of a program. The session runs main() of the program up to its first job, and keeps nothing of it.
 *
 * @throws Fault `not-found`, `wrong-state` or `not-ready` for the session; `refused-option` for what the policy of the
 *   target denies in a submit; `jar-refused`; `program-failed` with the exception of the program, or when the plan takes
 *   longer than 22 seconds.
 */
export const planJob = async (clusterRef: ClusterRef, request: JobPlanRequest, ports: Ports): Promise<unknown> => {
  const target = await ports.targets.get(clusterRef.target);
  const { value: cluster } = await getCluster(clusterRef, ports.store);
  assertSession(cluster);
  assertRunning(cluster);
  assertAllowed(findSubmitErrors({ ...request, config: {} }, target), target);
  assertUsableJar(request.jar, await ports.jars.inspect(request.jar, target.name), target);
  const timeout = AbortSignal.timeout(maxPlanMs);
  try {
    const signal = AbortSignal.any([ports.signal, timeout]);
    return await uploadAndPlan({ clusterRef, target, request }, { ports, signal });
  } catch (error) {
    if (!timeout.aborted) throw error;
    throw new Fault('program-failed', `Flink made no job plan within ${maxPlanMs / 1_000} s.`, {
      reason: 'DeadlineExceeded',
    });
  }
};

interface PlanJob {
  readonly clusterRef: ClusterRef;
  readonly target: NamedTarget;
  readonly request: JobPlanRequest;
}

const uploadAndPlan = async (
  { clusterRef, target, request: { jar, entryClass, args, parallelism } }: PlanJob,
  { ports, signal }: { readonly ports: Ports; readonly signal: AbortSignal },
): Promise<unknown> => {
  const rest = flinkRest(ports.withSignal(signal).kubernetes(target).flink(clusterRef.clusterId));
  const { stream, bytes } = await ports.jars.open(jar, signal);
  const jarId = await rest.uploadJar({ name: jar.slice(jar.lastIndexOf('/') + 1), body: stream, bytes });
  try {
    return await rest.getJobPlan(jarId, {
      programArgsList: args,
      ...(entryClass === undefined ? {} : { entryClass }),
      ...(parallelism === undefined ? {} : { parallelism }),
    });
  } finally {
    await removeJar(jarId, { clusterRef, target }, ports);
  }
};

/** A failure is logged and ignored, because the JobManager loses the jar when it ends. */
const removeJar = async (
  jarId: string,
  { clusterRef, target }: Pick<PlanJob, 'clusterRef' | 'target'>,
  { kubernetes, log }: Ports,
): Promise<void> => {
  try {
    await flinkRest(kubernetes(target).flink(clusterRef.clusterId)).deleteJar(jarId);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    log.warn('jar not removed', { ...clusterRef, code: error.code });
  }
};
