import type { Deployment } from '../../model/specs/deployment.ts';
import type { Spec } from '../../model/specs/spec-text.ts';
import { isTerminalState } from '../../model/states.ts';
import { api, unwrap } from '../client/client.ts';
import { toApiError } from '../client/problem.ts';
import type { Cluster, DeploySpec, Operation, Plan, Schemas } from '../types.ts';

/** What a deploy of a spec would do. */
export interface PlannedSpec {
  readonly plan: Plan;
  /** Whether a cluster with the ID of the plan has not ended. */
  readonly isLive: boolean;
}

/** Plans a spec. The API validates it. @throws ApiError with the errors of its fields. */
export const planSpec = async (target: string, spec: Spec): Promise<PlannedSpec> => {
  const params = { path: { target } };
  // The API checks the members.
  const plan = await unwrap(api.POST('/v1/targets/{target}/plans', { params, body: spec as unknown as DeploySpec }));
  const cluster = await findCluster(target, plan.clusterId);
  return { plan, isLive: cluster !== undefined && !isTerminalState('cluster', cluster.state) };
};

const findCluster = async (target: string, clusterId: string): Promise<Cluster | undefined> => {
  try {
    const params = { path: { target, clusterId } };
    return await unwrap(api.GET('/v1/targets/{target}/clusters/{clusterId}', { params }));
  } catch (error) {
    if (toApiError(error).details.status === 404) return undefined;
    throw error;
  }
};

/** Deploys or applies a planned spec. Undefined: the cluster runs it already. @throws ApiError */
export const sendDeployment = async (
  target: string,
  deployment: Deployment,
  idempotencyKey: string,
): Promise<Operation | undefined> => {
  const header = { 'Idempotency-Key': idempotencyKey };
  if (deployment.kind === 'deploy') {
    const body = deployment.body as unknown as Schemas['Deploy']; // The plan has validated it.
    const params = { path: { target }, header };
    return (await unwrap(api.POST('/v1/targets/{target}/clusters', { params, body }))).operation;
  }
  const { clusterId, body } = deployment;
  const params = { path: { target, clusterId }, header };
  const call = api.PUT('/v1/targets/{target}/clusters/{clusterId}', { params, body: body as never });
  return (await unwrap(call)).operation;
};
