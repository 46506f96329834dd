import type { DeployPhase } from '#events/records/operation.ts';

import type { Observation, ObservedPod } from './kubernetes.ts';

interface Reason {
  /** The reason that Kubernetes gives, or one of Drey's. */
  readonly reason: string;
  readonly message: string;
}

/**
 * Whether a cluster is up. `unknown`: the API server gave no answer. `final`: waiting cannot help. `crashed`: the
 * JobManager has ended, so that its log tells why.
 */
export type Readiness =
  | { readonly answer: 'yes' }
  | ({ readonly answer: 'no'; readonly final: boolean; readonly crashed?: boolean } & Reason)
  | ({ readonly answer: 'unknown' } & Reason);

/**
 * How many seconds after the start of a deploy a reason counts as final. Reasons that are not listed may pass by
 * themselves, for example when a node starts for an unschedulable pod. They have until the deadline of the deploy.
 */
const graceSeconds: Readonly<Record<string, number>> = {
  InvalidImageName: 0,
  ErrImageNeverPull: 0,
  ImagePullBackOff: 60,
  ErrImagePull: 60,
  CreateContainerConfigError: 60,
  CrashLoopBackOff: 0,
};

/** From how many restarts on a CrashLoopBackOff counts as final. */
const minFinalRestarts = 2;

/**
 * Whether the cluster is up, as far as Kubernetes knows. `ask-flink`: the JobManager is ready, so its REST API decides.
 *
 * @param ageSeconds The time since the deploy started.
 */
export const assessReadiness = (
  { deployment, pods, warnings }: Observation,
  ageSeconds: number,
): Readiness | { readonly answer: 'ask-flink' } => {
  if (deployment === undefined) return newFinalAnswer('DeploymentDeleted', 'Its Deployment was deleted.');
  if (deployment.deleting) return newFinalAnswer('DeploymentDeleted', 'Its Deployment is being deleted.');
  const jobManagers = pods.filter(isJobManager);
  const troubled = jobManagers.find(({ trouble }) => trouble !== undefined);
  if (troubled?.trouble !== undefined) {
    const { reason, message, exitCode } = troubled.trouble;
    const final = isFinal(troubled, reason, ageSeconds);
    return { answer: 'no', reason, message, final, crashed: exitCode !== undefined || reason === 'CrashLoopBackOff' };
  }
  if (jobManagers.some(({ ready }) => ready)) return { answer: 'ask-flink' };
  const waiting = jobManagers.find(({ sidecarTrouble }) => sidecarTrouble !== undefined);
  if (waiting?.sidecarTrouble !== undefined) {
    // Kubernetes sends no request to a pod that is not ready, although Flink may run in it.
    const { reason, message } = waiting.sidecarTrouble;
    return { answer: 'no', reason, message, final: isFinal(waiting, reason, ageSeconds) };
  }
  return { answer: 'no', ...explainStarting(jobManagers[0], warnings), final: false };
};

const isJobManager = ({ component }: ObservedPod) => component === 'jobmanager';

/** Why the JobManager is not ready yet. */
const explainStarting = (jobManager: ObservedPod | undefined, warnings: Observation['warnings']): Reason => {
  if (jobManager !== undefined)
    return { reason: 'Starting', message: `Pod ${jobManager.name} is ${jobManager.phase}.` };
  const failure = warnings.find(({ reason }) => reason === 'FailedCreate');
  if (failure === undefined) return { reason: 'Starting', message: 'The JobManager has no pod yet.' };
  const { reason, message } = failure;
  return { reason: /exceeded quota/.test(message) ? 'QuotaExceeded' : reason, message };
};

/** The phases that the most advanced JobManager pod has reached, with the times that Kubernetes reports. */
export const toDeployPhases = ({ pods }: Observation): readonly DeployPhase[] =>
  pods
    .filter(isJobManager)
    .map(({ reached: { scheduled, pulling, started } }) => [
      ...toPhase('Scheduled', scheduled),
      ...toPhase('Pulling', pulling),
      ...toPhase('Started', started),
    ])
    .reduce((furthest, phases) => (phases.length > furthest.length ? phases : furthest), []);

const toPhase = (name: DeployPhase['name'], at: string | undefined): readonly DeployPhase[] =>
  at === undefined ? [] : [{ name, at }];

const newFinalAnswer = (reason: string, message: string): Readiness => ({ answer: 'no', reason, message, final: true });

const isFinal = ({ restarts }: ObservedPod, reason: string, ageSeconds: number): boolean => {
  const grace = graceSeconds[reason];
  return grace !== undefined && ageSeconds >= grace && (reason !== 'CrashLoopBackOff' || restarts >= minFinalRestarts);
};
