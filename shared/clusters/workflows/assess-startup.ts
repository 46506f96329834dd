import type { Cluster } from '#events/records/cluster.ts';
import type { JobState } from '#events/records/job.ts';
import type { DeployPhase } from '#events/records/operation.ts';
import { Fault } from '#events/problems/problem.ts';
import { explainCrash, explainProgramFailure } from '#shared/clusters/jobs/container-log.ts';
import type { StoredOperation } from '#shared/clusters/model/operation.ts';
import { assessReadiness, type Readiness, toDeployPhases } from '#shared/clusters/model/readiness.ts';
import type { Kubernetes } from '#shared/clusters/ports/kubernetes.ts';
import { flinkRest } from '#shared/flink/rest/flink-rest.ts';

type StartingDeploy = StoredOperation & Pick<Cluster, 'mode'>;

interface StartupAssessment {
  readonly readiness: Readiness;
  readonly phases: readonly DeployPhase[];
}

/** Whether the cluster of a deploy is ready, and the phases that it has reached. */
export const assessStartup = async (
  deploy: StartingDeploy,
  { kubernetes, now }: { readonly kubernetes: Kubernetes; readonly now: Date },
): Promise<StartupAssessment> => {
  const { clusterId, createdAt, startedAt = createdAt } = deploy;
  let phases: readonly DeployPhase[] = [];
  try {
    const observation = await kubernetes.observe(clusterId);
    phases = toDeployPhases(observation);
    const readiness = assessReadiness(observation, (now.getTime() - Date.parse(startedAt)) / 1000);
    if (readiness.answer === 'no' && readiness.final && readiness.crashed === true) {
      const message = await explainCrash({ clusterId, message: readiness.message }, kubernetes);
      return { readiness: { ...readiness, message }, phases };
    }
    if (readiness.answer !== 'ask-flink') return { readiness, phases };
  } catch (error) {
    return { readiness: toUnknown(error), phases };
  }
  const { readiness, hasAnswered } = await askFlink(deploy, kubernetes);
  return { readiness, phases: hasAnswered ? [...phases, findRestUpPhase(deploy, now)] : phases };
};

interface FlinkAnswer {
  readonly readiness: Readiness;
  readonly hasAnswered: boolean;
}

const askFlink = async (deploy: StartingDeploy, kubernetes: Kubernetes): Promise<FlinkAnswer> => {
  try {
    if (deploy.mode === 'application') return { readiness: await assessProgram(deploy, kubernetes), hasAnswered: true };
    await flinkRest(kubernetes.flink(deploy.clusterId)).getOverview();
    return { readiness: { answer: 'yes' }, hasAnswered: true };
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return { readiness: toStarting("Flink's REST API does not answer yet."), hasAnswered: false };
  }
};

/** An application is ready when Flink has a job that is past its start, or when its program ended without one. */
const assessProgram = async (
  { clusterId, operationId }: StartingDeploy,
  kubernetes: Kubernetes,
): Promise<Readiness> => {
  const rest = flinkRest(kubernetes.flink(clusterId));
  if ((await rest.listJobs()).some(({ state }) => !startingJobStates.has(state))) return { answer: 'yes' };
  const { state = 'RUNNING', message: cause = 'main() failed.' } = (await rest.getProgram(operationId)) ?? {};
  if (state === 'RUNNING') return toStarting('The program has no running job yet.');
  if (state !== 'FAILED') return { answer: 'yes' };
  const message = await explainProgramFailure({ clusterId, cause }, kubernetes);
  return { answer: 'no', reason: 'ProgramFailed', message, final: true };
};

const startingJobStates: ReadonlySet<JobState> = new Set(['INITIALIZING', 'CREATED']);

const toStarting = (message: string): Readiness => ({ answer: 'no', reason: 'Starting', message, final: false });

/** The phase `RestUp`, with the time of the first answer. */
const findRestUpPhase = ({ phases = [] }: StoredOperation, now: Date): DeployPhase =>
  phases.find(({ name }) => name === 'RestUp') ?? { name: 'RestUp', at: now.toISOString() };

const toUnknown = (error: unknown): Readiness => {
  if (!(error instanceof Fault)) throw error;
  return { answer: 'unknown', reason: error.code, message: error.message };
};
