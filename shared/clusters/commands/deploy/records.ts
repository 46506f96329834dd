import { isIdleCluster } from '#events/records/cluster-states.ts';
import type { RolloutProgress } from '#events/records/rollout.ts';
import type { StoredRevision } from '#events/records/revisions.ts';
import { maskText } from '#events/secrets.ts';
import { startTimeoutMs } from '#shared/clusters/admission/queued-command.ts';
import type { PendingReason } from '#shared/clusters/model/admission/queue.ts';
import { newCluster } from '#shared/clusters/model/cluster.ts';
import { inheritHighAvailabilityData } from '#shared/clusters/model/high-availability.ts';
import { startLifetime } from '#shared/clusters/model/lifetime.ts';
import { omitUndefined } from '#shared/clusters/model/omit-undefined.ts';
import { newOperation, type StoredOperation, toCaller } from '#shared/clusters/model/operation.ts';
import { enterPhase, newRolloutResult, toProgressing } from '#shared/clusters/model/rollout.ts';
import type { Change } from '#shared/clusters/model/records/records.ts';
import { computeDigest, toSpec } from '#shared/clusters/model/revision.ts';
import type { RequestOf } from '#shared/clusters/model/records/request.ts';
import type { ClusterManifests } from '#shared/flink/manifests/render-cluster.ts';
import { toRestoreOptions } from '#shared/clusters/restore/savepoint.ts';

import type { PreparedDeploy } from './prepare.ts';
import { findCheckpointing, findHighAvailabilityDirectory, hasSavepointDirectory, recordsRescales } from './render.ts';

/** The records of a deploy that starts, or that waits for the given reason. */
export const buildDeployChange = (
  deploy: PreparedDeploy,
  pendingReason: PendingReason | undefined,
): Change & Required<Pick<Change, 'cluster'>> => {
  const { command, operationId, clusterRef, previous, restored } = deploy;
  const { cluster, events } = buildCluster(deploy, pendingReason);
  return {
    ...restored,
    cluster: { value: cluster, previous: previous?.version },
    operations: [{ value: buildDeployOperation(deploy, pendingReason), previous: undefined }],
    revisions: [{ value: buildRevision(deploy), previous: undefined }],
    events,
    batchItems:
      command.batchItem === undefined ? [] : [{ ...command.batchItem, clusterId: clusterRef.clusterId, operationId }],
  };
};

const buildCluster = (deploy: PreparedDeploy, pendingReason: PendingReason | undefined) => {
  const { command, target, operationId, clusterRef, previous, manifests, lifetime, now } = deploy;
  const rollout = buildProgress(deploy);
  const { mode, labels, onFailure, snapshots } = command.data;
  const { resources } = manifests;
  // The time of a lifetime starts with the cluster, which is after the admission.
  const ownLifetime = pendingReason === undefined ? startLifetime(lifetime, now, target) : lifetime;
  return newCluster(
    {
      ...clusterRef,
      mode: mode === 'application' ? 'application' : 'session',
      namespace: target.namespace,
      revision: nextRevision(previous),
      ...omitUndefined({ firstRevision: findFirstRevision(previous) }),
      image: findImage(manifests),
      flinkVersion: manifests.flinkVersion,
      labels,
      operationId,
      hasSavepointDirectory: hasSavepointDirectory(manifests),
      ...findCheckpointing(manifests),
      ...toHighAvailability(manifests, clusterRef.clusterId),
      highAvailabilityData: inheritHighAvailabilityData(target, previous?.value, now),
      ...(recordsRescales(manifests) ? { recordsRescales: true } : {}),
      ...(ownLifetime === undefined ? {} : { lifetime: ownLifetime }),
      ...omitUndefined({ snapshots }),
      ...(onFailure === 'keep' ? { onFailure } : {}),
      taskManagers: resources.taskManagers,
      ...(rollout === undefined ? {} : { rollout, conditions: [toProgressing(rollout.phase), unverified] }),
      // The next rollout waits for this one, and a deploy of a caller takes its place.
      ...omitUndefined({ nextRollout: rollout === undefined ? undefined : previous?.value.nextRollout }),
      pendingReason,
      principal: command.principal,
      warnings: manifests.warnings,
    },
    now,
    previous?.value,
  );
};

/** The condition `Stable` of an incarnation that its rollout has not verified yet. */
const unverified = {
  type: 'Stable',
  status: 'Unknown',
  reason: 'NotVerified',
  message: 'The rollout has not verified the revision yet.',
} as const;

/** The progress of the rollout that gives the deploy, which the new incarnation takes over. */
const buildProgress = ({ command: { rollout }, previous, now }: PreparedDeploy): RolloutProgress | undefined => {
  if (rollout === undefined) return undefined;
  const { operationId, kind } = rollout;
  const known = previous?.value.rollout ?? newRolloutResult({ from: undefined, at: now });
  return { ...known, ...enterPhase(known, 'Starting', now), operationId, kind, to: nextRevision(previous) };
};

const findImage = ({ deployment }: ClusterManifests): string =>
  deployment.spec?.template.spec?.containers.at(-1)?.image ?? '';

/** The record of a cluster has the newest number, so that its version keeps two deploys from taking the same one. */
const nextRevision = (previous: PreparedDeploy['previous']): number => (previous?.value.revision ?? 0) + 1;

/** An UPGRADING or SUSPENDED cluster has not ended: the next incarnation continues it. */
const findFirstRevision = (previous: PreparedDeploy['previous']): number | undefined =>
  previous !== undefined && isIdleCluster(previous.value) ? previous.value.firstRevision : nextRevision(previous);

const buildRevision = (deploy: PreparedDeploy): StoredRevision => {
  const { command, operationId, clusterRef, previous, manifests, restoredFrom, now } = deploy;
  const { mode, job } = command.data;
  return {
    ...clusterRef,
    number: nextRevision(previous),
    createdAt: now.toISOString(),
    principal: command.principal,
    operationId,
    mode: mode === 'application' ? 'application' : 'session',
    digest: computeDigest(toSpec(command.data, clusterRef.clusterId)),
    image: findImage(manifests),
    flinkVersion: manifests.flinkVersion,
    ...(job !== undefined && 'jar' in job ? { jar: maskText(job.jar) } : {}),
    madeBy: command.rollout?.madeBy ?? 'deploy',
    ...omitUndefined({
      restoredFrom,
      specOf: command.rollout?.specOf,
      rolloutOperationId: command.rollout?.operationId,
    }),
  };
};

const toHighAvailability = (manifests: ClusterManifests, clusterId: string) => {
  const highAvailabilityDirectory = findHighAvailabilityDirectory(manifests, clusterId);
  return highAvailabilityDirectory === undefined ? {} : { highAvailabilityDirectory };
};

/** The operation of a deploy that starts, or that waits for the given reason. */
export const buildDeployOperation = (
  deploy: PreparedDeploy,
  pendingReason: PendingReason | undefined,
): StoredOperation => {
  const { command, operationId, messageToken, clusterRef, manifests, restoredFrom, restoredJobs, queuedCommand, now } =
    deploy;
  const { correlationId, taskToken } = command.data;
  const operation = newOperation(
    {
      operationId,
      kind: 'deploy',
      ...clusterRef,
      ...toCaller(command),
      messageToken,
      correlationId,
      taskToken,
      restoredFrom,
      ...(manifests.warnings.length === 0 ? {} : { warnings: [...manifests.warnings] }),
      ...(restoredJobs.length === 0 ? {} : { restoredJobs: [...restoredJobs] }),
      ...command.batchItem,
      request: buildRequest(deploy, pendingReason),
    },
    startTimeoutMs.deploy,
    now,
  );
  return pendingReason === undefined ? operation : { ...operation, state: 'QUEUED', deadline: queuedCommand.deadline };
};

const buildRequest = (
  { command, data }: PreparedDeploy,
  pendingReason: PendingReason | undefined,
): RequestOf<'deploy'> => {
  const { onFailure } = command.data;
  const { restore } = data;
  return {
    kind: 'deploy',
    data: {
      onFailure,
      ...(pendingReason === undefined ? {} : { hasPayload: true }),
      ...(restore === undefined ? {} : { restore: toRestoreOptions(restore) }),
    },
  };
};
