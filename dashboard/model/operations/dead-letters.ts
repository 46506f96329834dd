import type { DeadLetter } from '../../api/types.ts';

/** The cluster that a dead letter is for. Undefined: it is for none, such as a batch, or its subject is malformed. */
export const findCluster = ({
  subject = '',
}: Pick<DeadLetter, 'subject'>): { readonly target: string; readonly clusterId: string } | undefined => {
  const [, target, clusterId] = /^targets\/([^/]+)\/clusters\/([^/]+)/.exec(subject) ?? [];
  return target === undefined || clusterId === undefined ? undefined : { target, clusterId };
};

/** `deploy` of `drey.command.deploy.v1` */
export const findKind = ({ type = '' }: Pick<DeadLetter, 'type'>): string => type.split('.')[2] ?? '';

/** Why the last attempt failed. */
export const describeReason = ({ code, detail }: Pick<DeadLetter, 'code' | 'detail'>): string =>
  code === undefined
    ? 'Unknown: the function ended without a failure.'
    : [code, detail].filter((part) => part !== undefined && part !== '').join(': ');
