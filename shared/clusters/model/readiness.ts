import type { DeployPhase } from '#events/operation.ts';

import type { Observation, ObservedPod } from './kubernetes.ts';

/** Whether a cluster is up: yes; no, and why; or it could not be told. */
export type Readiness =
  | { readonly answer: 'yes' }
  | { readonly answer: 'no'; readonly reason: string; readonly message: string; readonly final: boolean }
  | { readonly answer: 'unknown'; readonly reason: string; readonly message: string };

/**
 * How long a trouble may last before it counts as final, in seconds. What is not listed may pass by itself (a node is
 * started for an unschedulable pod, a quota is raised) and has until the deploy's deadline.
 */
const patienceSeconds: Readonly<Record<string, number>> = {
  InvalidImageName: 0,
  ErrImageNeverPull: 0,
  ImagePullBackOff: 60,
  ErrImagePull: 60,
  CreateContainerConfigError: 60,
  CrashLoopBackOff: 0,
};
const patientRestarts = 2;

/** What Kubernetes' side of a deploy says, before Flink is asked. */
export const assessReadiness = (
  observation: Observation,
  ageSeconds: number,
): Readiness | { readonly answer: 'ask-flink' } => {
  const { deployment, pods, warnings } = observation;
  if (deployment === undefined) return no('DeploymentDeleted', 'its Deployment was deleted by somebody else', true);
  if (deployment.deleting) return no('DeploymentDeleted', 'its Deployment is being deleted by somebody else', true);
  const jobManagers = pods.filter(({ component }) => component === 'jobmanager');
  const troubled = jobManagers.find(({ trouble }) => trouble !== undefined);
  if (troubled?.trouble !== undefined) {
    const { reason, message } = troubled.trouble;
    return no(reason, message, isFinal(troubled, reason, ageSeconds));
  }
  if (jobManagers.some(({ ready }) => ready)) return { answer: 'ask-flink' };
  const warning = jobManagers.length === 0 ? warnings.find(({ reason }) => reason === 'FailedCreate') : undefined;
  if (warning !== undefined)
    return no(/exceeded quota/.test(warning.message) ? 'QuotaExceeded' : warning.reason, warning.message, false);
  return no(
    'Starting',
    jobManagers.length === 0 ? 'no pod yet' : `pod ${jobManagers[0]?.name ?? ''} is ${jobManagers[0]?.phase ?? ''}`,
    false,
  );
};

/** What the JobManager that has come furthest has reached, as Kubernetes tells it. */
export const deployPhasesOf = ({ pods }: Observation): readonly DeployPhase[] =>
  pods
    .filter(({ component }) => component === 'jobmanager')
    .map(({ reached: { scheduled, pulling, started } }) => [
      ...phase('Scheduled', scheduled),
      ...phase('Pulling', pulling),
      ...phase('Started', started),
    ])
    .reduce((furthest, phases) => (phases.length > furthest.length ? phases : furthest), []);

const phase = (name: DeployPhase['name'], at: string | undefined): readonly DeployPhase[] =>
  at === undefined ? [] : [{ name, at }];

const no = (reason: string, message: string, final: boolean): Readiness => ({ answer: 'no', reason, message, final });

const isFinal = (pod: ObservedPod, reason: string, ageSeconds: number) => {
  const patience = patienceSeconds[reason];
  return (
    patience !== undefined &&
    ageSeconds >= patience &&
    (reason !== 'CrashLoopBackOff' || pod.restarts >= patientRestarts)
  );
};
