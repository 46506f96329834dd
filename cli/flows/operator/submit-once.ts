import { createHash } from 'node:crypto';

import { Failure } from '#cli/api/failure.ts';
import type { Context } from '#cli/context.ts';
import { clusterPath } from '#cli/flows/clusters.ts';
import { postCommand, readOperation } from '#cli/flows/operations.ts';
import type { Identity } from '#cli/input/flink-operator/metadata.ts';
import type { ClusterRef } from '#events/names.ts';
import type { Operation } from '#events/records/operation.ts';

export interface Submission {
  readonly clusterRef: ClusterRef;
  readonly identity: Identity;
  /** The job that an earlier apply has started. */
  readonly formerJobId: string | undefined;
  readonly body: Readonly<Record<string, unknown>>;
}

/**
 * Submits the job of a resource, unless another apply of the same spec does so, also one at the same time. A submit that has
 * failed is sent again.
 *
 * @returns The operation of the submit that starts the job.
 */
export const submitOnce = async (submission: Submission, context: Context): Promise<Operation> => {
  let operation = await submitOrFind(submission, undefined, context);
  // A new submit has not ended when the API answers, so that one that has is of an earlier apply.
  while (operation.state === 'FAILED' || operation.state === 'CANCELED')
    operation = await submitOrFind(submission, operation.operationId, context);
  return operation;
};

/** @returns The operation of the submit, or of an earlier one with the same key. */
const submitOrFind = async (
  submission: Submission,
  failedId: string | undefined,
  context: Context,
): Promise<Operation> => {
  const { clusterRef, body } = submission;
  const key = toKey(submission, failedId);
  try {
    const { operation } = await postCommand({ path: `${clusterPath(clusterRef)}/jobs`, body }, context, { key });
    return operation;
  } catch (error) {
    // Each apply uploads the jar to another address, which makes the same spec another command.
    if (!(error instanceof Failure) || error.code !== 'key-reused' || error.operationId === undefined) throw error;
    return readOperation({ target: clusterRef.target, operationId: error.operationId }, context);
  }
};

/** Two applies at the same time have the same key, so that one of them starts the job. */
const toKey = ({ identity, clusterRef, formerJobId }: Submission, failedId: string | undefined): string => {
  const parts = [identity, clusterRef.clusterId, formerJobId, ...(failedId === undefined ? [] : [failedId])];
  return `flink-session-job-${createHash('sha256').update(JSON.stringify(parts)).digest('hex')}`;
};
