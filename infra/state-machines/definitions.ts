/**
 * The state machines. An execution is named after its operation. Its input is the operation's id, and its state
 * goes from step to step. A step is a function of `shared/clusters/workflows`.
 */
import type { WorkflowName } from '#events/commands/define.ts';
import type { rolloutSteps } from '#functions/rollout.ts';
import type { cleanupSteps } from '#functions/cleanup.ts';
import type { rescalingSteps } from '#functions/rescaling.ts';
import type { snapshotSteps } from '#functions/snapshot.ts';
import type { startupSteps } from '#functions/startup.ts';
import type { submissionSteps } from '#functions/submission.ts';

import { lastingRetries } from './retry-policy.ts';
import { branch, branchAfterHold, type StateMachine, succeed, task, waitAsReturned, waitSeconds } from './states.ts';

const startup: StateMachine<keyof typeof startupSteps> = {
  Comment: 'Waits until a deployed cluster is ready, and records it as running or failed. One execution per deploy.',
  StartAt: 'AssessReadiness',
  TimeoutSeconds: 7_200,
  States: {
    AssessReadiness: task('assess', {
      comment:
        'Asks Kubernetes and Flink for up to 20 s, until the answer is final. The step returns "waiting" until the deadline of the deploy.',
      next: 'IsReady',
      onError: 'RecordFailed',
    }),
    IsReady: branchAfterHold(
      { ready: 'RecordRunning', restoring: 'ResubmitJobs', failed: 'RecordFailed', over: 'AlreadyEnded' },
      { otherwise: 'AlreadyEnded', step: 'AssessReadiness', wait: 'WaitForReadiness' },
    ),
    WaitForReadiness: waitAsReturned('AssessReadiness'),
    ResubmitJobs: task('resubmit', {
      comment:
        'Records the submits of restored jobs before the cluster is RUNNING. A failure does not fail the deploy: the cluster starts without the remaining jobs.',
      retry: lastingRetries.resubmission,
      next: 'RecordRunning',
      onError: 'RecordRunning',
    }),
    RecordRunning: task('recordRunning', {}),
    RecordFailed: task('recordFailed', {
      comment: 'Records the verdict before the cleanup removes the evidence.',
      next: 'StartCleanup',
    }),
    StartCleanup: task('startCleanup', {}),
    AlreadyEnded: succeed('A stop overtook the deploy, or an earlier execution recorded its verdict.'),
  },
};

const submission: StateMachine<keyof typeof submissionSteps> = {
  Comment:
    'Uploads a jar to a session cluster and runs it. One execution per submit; the id of its operation is the job id.',
  StartAt: 'UploadJar',
  TimeoutSeconds: 2_100,
  States: {
    UploadJar: task('uploadJar', { retry: lastingRetries.submission, next: 'RunJar', onError: 'RecordRefused' }),
    RunJar: task('runJar', {
      comment:
        'Flink refuses a second job with the same id, so that the step may be repeated. A restarted JobManager has lost the jar: not-ready leads back to the upload.',
      retry: lastingRetries.submission,
      next: 'RecordJob',
      onCode: { 'not-ready': 'WaitForJobManager' },
      onError: 'RecordRefused',
    }),
    WaitForJobManager: waitSeconds(3, 'UploadJar'),
    RecordJob: task('recordJob', { retry: lastingRetries.listing, onError: 'RecordRefused' }),
    RecordRefused: task('recordRunRefusal', {}),
  },
};

const cleanup: StateMachine<keyof typeof cleanupSteps> = {
  Comment: 'Removes a cluster and waits until all of its objects are gone. One execution per stop or failed deploy.',
  StartAt: 'TakeSavepoints',
  TimeoutSeconds: 18_000,
  States: {
    TakeSavepoints: task('takeSavepoints', { next: 'AreSavepointsTaken', onError: 'RecordUnfinished' }),
    AreSavepointsTaken: branchAfterHold(
      { failed: 'RecordUnfinished' },
      { otherwise: 'KeepLogs', step: 'TakeSavepoints', wait: 'WaitForSavepoints' },
    ),
    WaitForSavepoints: waitAsReturned('TakeSavepoints'),
    KeepLogs: task('keepLogs', {
      comment: 'Keeps logs before they are removed. A failure neither fails nor delays the end.',
      timeoutSeconds: 10,
      retry: 'none',
      next: 'RemoveObjects',
      onError: 'RemoveObjects',
    }),
    RemoveObjects: task('removeObjects', {
      retry: lastingRetries.removal,
      next: 'VerifyRemoval',
      onError: 'RecordUnfinished',
    }),
    VerifyRemoval: task('verifyRemoval', {
      retry: lastingRetries.removal,
      next: 'IsRemoved',
      onError: 'RecordUnfinished',
    }),
    IsRemoved: branchAfterHold(
      { done: 'RecordStopped', failed: 'RecordUnfinished' },
      { otherwise: 'RecordStopped', step: 'VerifyRemoval', wait: 'WaitForRemoval' },
    ),
    WaitForRemoval: waitAsReturned('VerifyRemoval'),
    RecordStopped: task('recordStop', {}),
    RecordUnfinished: task('recordStopFailure', {}),
  },
};

const snapshot: StateMachine<keyof typeof snapshotSteps> = {
  Comment:
    'Asks Flink for a savepoint, a checkpoint or the disposal of a savepoint, and waits for the result. One execution per command.',
  StartAt: 'TakeSnapshot',
  TimeoutSeconds: 7_200,
  States: {
    TakeSnapshot: task('takeSnapshot', { next: 'IsSnapshotTaken', onError: 'RecordRefused' }),
    IsSnapshotTaken: branchAfterHold(
      { done: 'RecordTaken', failed: 'RecordRefused' },
      { otherwise: 'RecordTaken', step: 'TakeSnapshot', wait: 'WaitForSnapshot' },
    ),
    WaitForSnapshot: waitAsReturned('TakeSnapshot'),
    RecordTaken: task('recordSnapshot', {}),
    RecordRefused: task('recordSnapshotFailure', {}),
  },
};

const rollout: StateMachine<keyof typeof rolloutSteps> = {
  Comment:
    'Changes a cluster from one revision to another without losing its state, or a job of a session from one program to another. One execution per rollout.',
  StartAt: 'Check',
  TimeoutSeconds: 4 * 24 * 3_600,
  States: {
    Check: task('check', { next: 'IsChecked', onError: 'RecordResult' }),
    IsChecked: branch(
      { rescale: 'Rescale', end: 'EndIncarnation', start: 'StartRevision', queued: 'WaitForRollout' },
      'RecordResult',
    ),
    WaitForRollout: waitAsReturned('Check'),
    Rescale: task('rescaleInPlace', { next: 'IsRescaled', onError: 'RecordResult' }),
    IsRescaled: branchAfterHold({}, { otherwise: 'RecordResult', step: 'Rescale', wait: 'WaitForRescale' }),
    WaitForRescale: waitAsReturned('Rescale'),
    EndIncarnation: task('endIncarnation', { next: 'IsIncarnationEnded', onError: 'RecordResult' }),
    IsIncarnationEnded: branchAfterHold(
      { done: 'StartRevision' },
      { otherwise: 'RecordResult', step: 'EndIncarnation', wait: 'WaitForEnd' },
    ),
    WaitForEnd: waitAsReturned('EndIncarnation'),
    StartRevision: task('startRevision', {
      comment: 'No incarnation runs now, so that a failure that lasts leads to the rollback.',
      next: 'IsRevisionStarted',
      onError: 'RollBack',
    }),
    IsRevisionStarted: branchAfterHold(
      { done: 'Verify', failed: 'RollBack', queued: 'WaitForStart' },
      { otherwise: 'RecordResult', step: 'StartRevision', wait: 'WaitForStart' },
    ),
    WaitForStart: waitAsReturned('StartRevision'),
    Verify: task('verify', { next: 'IsStable', onError: 'RollBack' }),
    IsStable: branch({ failed: 'RollBack', watching: 'Watch' }, 'RecordResult'),
    Watch: waitAsReturned('Verify'),
    RollBack: task('rollBack', { next: 'IsUnwound', onError: 'RecordResult' }),
    IsUnwound: branchAfterHold(
      { start: 'StartStable' },
      { otherwise: 'RecordResult', step: 'RollBack', wait: 'WaitForUnwinding' },
    ),
    WaitForUnwinding: waitAsReturned('RollBack'),
    StartStable: task('startStable', { next: 'IsStableStarted', onError: 'SuspendCluster' }),
    IsStableStarted: branchAfterHold(
      { failed: 'SuspendCluster', queued: 'WaitForStable' },
      { otherwise: 'RecordResult', step: 'StartStable', wait: 'WaitForStable' },
    ),
    WaitForStable: waitAsReturned('StartStable'),
    SuspendCluster: task('suspendCluster', { next: 'IsSuspended', onError: 'RecordResult' }),
    IsSuspended: branchAfterHold({}, { otherwise: 'RecordResult', step: 'SuspendCluster', wait: 'WaitForSuspension' }),
    WaitForSuspension: waitAsReturned('SuspendCluster'),
    RecordResult: task('recordResult', {
      comment: 'Also ends a rollout whose cluster another command has taken over.',
    }),
  },
};

const rescaling: StateMachine<keyof typeof rescalingSteps> = {
  Comment:
    'Asks Flink for another parallelism of a job, and waits until the job runs with it. Otherwise it restores the last one. One execution per command.',
  StartAt: 'RescaleJob',
  TimeoutSeconds: 10_800,
  States: {
    RescaleJob: task('rescaleJob', { next: 'IsRescaled', onError: 'RestoreParallelism' }),
    IsRescaled: branchAfterHold(
      { done: 'RecordRescaled', failed: 'RestoreParallelism' },
      { otherwise: 'RecordRescaled', step: 'RescaleJob', wait: 'WaitForSlots' },
    ),
    WaitForSlots: waitAsReturned('RescaleJob'),
    RecordRescaled: task('recordRescaled', {}),
    RestoreParallelism: task('restoreParallelism', { next: 'RecordRefused', onError: 'RecordRefused' }),
    RecordRefused: task('recordRescaleFailure', {}),
  },
};

export const stateMachines = { startup, submission, cleanup, snapshot, rollout, rescaling } as const satisfies Record<
  WorkflowName,
  StateMachine
>;

export const workflowNames = Object.keys(stateMachines) as WorkflowName[]; // the keys of the table
