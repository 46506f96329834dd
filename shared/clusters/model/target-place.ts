import { Fault } from '#events/problems/problem.ts';
import type { Target } from '#events/records/target.ts';

/**
 * Where the clusters of a target are, as a text that no other place has. The account is that of the remote role, because a
 * role finds only the EKS clusters of its own account.
 *
 * @param stageAccount The account of the stage, in which the EKS clusters of targets without a remote role are.
 */
export const toPlace = ({ cluster, region, namespace, roleArn }: Target, stageAccount: string): string =>
  [roleArn === undefined ? stageAccount : toAccount(roleArn), region, cluster, namespace].join('/');

/** The account in an ARN. */
export const toAccount = (arn: string): string => arn.split(':')[4] ?? '';

/** Whether two targets may be in different places. A remote role of the account of the stage counts as another place. */
export const isElsewhere = (one: Target, other: Target): boolean => toPlace(one, 'stage') !== toPlace(other, 'stage');

/**
 * How long the namespace of a target that was removed or moved stays its own. It is longer than a function uses a cached
 * target: the cache lasts half a minute, a reconcile pass two minutes.
 */
export const holdSeconds = 180;

/** The refusal of a place that another target has. It does not name the other target, which the caller may not see. */
export const newTakenFault = ({ cluster, region, namespace }: Target): Fault => {
  const detail = `Namespace ${namespace} of EKS cluster ${cluster} in ${region} belongs to another target of this stage, or did in the last ${holdSeconds / 60} minutes. Use another namespace, or ask an operator to remove the other target.`;
  return new Fault('namespace-taken', `/namespace: ${detail}`, { errors: [{ pointer: '/namespace', detail }] });
};
