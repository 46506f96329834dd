import { Fault } from '#events/problems/problem.ts';
import type { NamedTarget } from '#events/records/target.ts';

/** Names of AWS errors that a retry cannot change. */
const refusals = new Set([
  'AccessDenied',
  'AccessDeniedException',
  'ExpiredToken',
  'ExpiredTokenException',
  'InvalidClientTokenId',
  'InvalidSignatureException',
  'SignatureDoesNotMatch',
  'UnrecognizedClientException',
  'ValidationError',
]);

interface Call {
  readonly caller: string;
  readonly action: 'eks:DescribeCluster' | 'sts:AssumeRole' | 'sts:GetCallerIdentity';
  readonly resource: string;
  /** What to do when AWS does not allow the call. */
  readonly remedy: string;
}

/** The fault that an error of AWS stands for, by its name. Its message may hold headers, and is left out. */
const toFault = (error: unknown, { caller, action, resource, remedy }: Call): Fault => {
  const name = error instanceof Error ? error.name : 'unknown error';
  const options = { reason: name, cause: error };
  return refusals.has(name)
    ? new Fault(
        'target-refused',
        `AWS does not allow ${caller} to call ${action} on ${resource} (${name}). ${remedy}`,
        options,
      )
    : new Fault(
        'target-unreachable',
        `The call ${action} on ${resource} by ${caller} failed (${name}). Retry later.`,
        options,
      );
};

/** Why a function did not get the Kubernetes role. */
export const toKubernetesRoleFault = (error: unknown, kubernetesRoleArn: string): Fault =>
  toFault(error, {
    caller: 'this function',
    action: 'sts:AssumeRole',
    resource: `the Kubernetes role ${kubernetesRoleArn}`,
    remedy: 'Its trust policy was changed outside of the stack. Compare it with the template, and restore it.',
  });

/** Why the Kubernetes role did not get the role of a target. */
export const toRemoteRoleFault = (
  error: unknown,
  {
    target: { name, roleArn, externalId },
    kubernetesRoleArn,
  }: { readonly target: NamedTarget; readonly kubernetesRoleArn: string },
): Fault => {
  const condition =
    externalId === undefined
      ? 'without a condition on sts:ExternalId, because the target sets no externalId'
      : 'with the externalId of the target as sts:ExternalId';
  return toFault(error, {
    caller: `the Kubernetes role ${kubernetesRoleArn}`,
    action: 'sts:AssumeRole',
    resource: `role ${roleArn} of target ${name}`,
    remedy: `The role must exist. Its trust policy must allow sts:AssumeRole to ${kubernetesRoleArn}, ${condition}.`,
  });
};

/** Why a role did not learn its own name. */
export const toIdentityFault = (error: unknown, roleArn: string): Fault =>
  toFault(error, {
    caller: `role ${roleArn}`,
    action: 'sts:GetCallerIdentity',
    resource: 'STS',
    remedy: 'Its session has ended early. Retry in an hour.',
  });

/** Why a role did not get the address of an EKS cluster. */
export const toDescribeFault = (
  error: unknown,
  { target: { cluster, region }, roleArn }: { readonly target: NamedTarget; readonly roleArn: string },
): Fault => {
  const account = roleArn.split(':')[4];
  const resource = `EKS cluster ${cluster} in Region ${region} of account ${account}`;
  if (error instanceof Error && error.name === 'ResourceNotFoundException')
    return new Fault('target-refused', `There is no ${resource}.`, { reason: error.name, cause: error });
  const remedy = 'Allow it in a policy of the role.';
  return toFault(error, { caller: `role ${roleArn}`, action: 'eks:DescribeCluster', resource, remedy });
};
