import type { Cluster } from '#events/records/cluster.ts';
import type { JobState } from '#events/records/job.ts';
import type { DeployPhase } from '#events/records/operation.ts';
import { Fault } from '#events/problems/problem.ts';
import { explainCrash, explainProgramFailure } from '#shared/clusters/jobs/container-log.ts';
import type { StoredOperation } from '#shared/clusters/model/operation.ts';
import { assessReadiness, type Readiness, toDeployPhases } from '#shared/clusters/model/readiness.ts';
import type { Kubernetes } from '#shared/clusters/ports/kubernetes.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import { flinkRest } from '#shared/flink/rest/flink-rest.ts';

type StartingDeploy = StoredOperation & Pick<Cluster, 'mode'>;

interface StartupAssessment {
  readonly readiness: Readiness;
  readonly phases: readonly DeployPhase[];
  /** Of the JobManager that is ready. */
  readonly imageDigest?: string | undefined;
}

type AssessmentPorts = Pick<Ports, 'now' | 'sleep'> & { readonly kubernetes: Kubernetes };

/** Whether the cluster of a deploy is ready, and the phases that it has reached. Waits for Flink's REST API up to two seconds. */
export const assessStartup = async (deploy: StartingDeploy, ports: AssessmentPorts): Promise<StartupAssessment> => {
  const { clusterId, createdAt, startedAt = createdAt } = deploy;
  const { kubernetes, now } = ports;
  let phases: readonly DeployPhase[] = [];
  let imageDigest: string | undefined;
  try {
    const observation = await kubernetes.observe(clusterId);
    phases = withKnownPull(toDeployPhases(observation), deploy);
    imageDigest = observation.pods.find(({ component, ready }) => component === 'jobmanager' && ready)?.imageDigest;
    const readiness = assessReadiness(observation, (now().getTime() - Date.parse(startedAt)) / 1000);
    if (readiness.answer === 'no' && readiness.final && readiness.crashed === true) {
      const message = await explainCrash({ clusterId, message: readiness.message }, kubernetes);
      return { readiness: { ...readiness, message }, phases };
    }
    if (readiness.answer !== 'ask-flink') return { readiness, phases };
  } catch (error) {
    return { readiness: toUnknown(error), phases };
  }
  const { readiness, answeredAt } = await waitForFlink(deploy, ports);
  const reached = answeredAt === undefined ? phases : [...phases, toRestUpPhase(deploy, answeredAt)];
  return { readiness, phases: reached, imageDigest };
};

/** The events of a pod that is ready are not read, so the time of its image pull is the recorded one. */
const withKnownPull = (observed: readonly DeployPhase[], { phases = [] }: StartingDeploy): readonly DeployPhase[] => {
  const pull = phases.find(({ name }) => name === 'Pulling');
  if (pull === undefined || observed.some(({ name }) => name === 'Pulling')) return observed;
  return observed.flatMap((phase) => (phase.name === 'Started' ? [pull, phase] : [phase]));
};

/** Flink's REST API answers some seconds after its container has started. A request to it costs the API server little. */
const restPauseMs = 250;
const maxRestWaitMs = 2_000;

interface FlinkAnswer {
  readonly readiness: Readiness;
  /** When Flink's REST API answered first. */
  readonly answeredAt: Date | undefined;
}

/** Asks Flink until the cluster is ready, or for two seconds: then Kubernetes has to be asked about its pods again. */
const waitForFlink = async (deploy: StartingDeploy, ports: AssessmentPorts): Promise<FlinkAnswer> => {
  const { kubernetes, now, sleep } = ports;
  const endMs = now().getTime() + maxRestWaitMs;
  let answeredAt: Date | undefined;
  for (;;) {
    const { readiness, hasAnswered } = await askFlink(deploy, kubernetes);
    if (hasAnswered) answeredAt ??= now();
    const isDecided = readiness.answer === 'yes' || (readiness.answer === 'no' && readiness.final);
    if (isDecided || now().getTime() + restPauseMs > endMs) return { readiness, answeredAt };
    await sleep(restPauseMs);
  }
};

const askFlink = async (
  deploy: StartingDeploy,
  kubernetes: Kubernetes,
): Promise<{ readonly readiness: Readiness; readonly hasAnswered: boolean }> => {
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
const toRestUpPhase = ({ phases = [] }: StoredOperation, at: Date): DeployPhase =>
  phases.find(({ name }) => name === 'RestUp') ?? { name: 'RestUp', at: at.toISOString() };

const toUnknown = (error: unknown): Readiness => {
  if (!(error instanceof Fault)) throw error;
  return { answer: 'unknown', reason: error.code, message: error.message };
};
