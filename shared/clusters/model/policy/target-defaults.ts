import { Fault, type FieldError } from '#events/problems/problem.ts';
import type { NamedTarget } from '#events/records/target.ts';
import { renderCluster } from '#shared/flink/manifests/render-cluster.ts';

import { listKeysOfAllVersions } from '#shared/flink/option-names/canonical.ts';
import { toOptionPointer } from '#shared/flink/options.ts';

import { findRenderedErrors } from './find-policy-errors.ts';
import { listTargetOptions } from './target-options.ts';

/** The cluster that a target would start for a command without any options. */
const clusterId = 'etl';

/**
 * The defaults of a target that its own policy does not allow. What a pod lacks may be in the template of a command, and
 * defaults that Flink does not accept are refused with the first deploy.
 */
export const findDefaultErrors = (target: NamedTarget): readonly FieldError[] => {
  const { defaults, namespace, policy } = target;
  try {
    const input = { mode: 'session', clusterId, namespace, defaults, locked: policy.locked, config: {} } as const;
    const manifests = renderCluster(input);
    return findRenderedErrors({ clusterId, given: { config: {} }, manifests }, target)
      .filter(({ isMissing }) => !isMissing)
      .flatMap(({ pointer, detail }) => {
        const member = findTargetPointer(pointer, target);
        return member === undefined ? [] : [{ pointer: member, detail }];
      });
  } catch (error) {
    if (error instanceof Fault) return [];
    throw error;
  }
};

/** The place of an option in the target. Undefined for what only Flink sets, which a command may replace. */
const findTargetPointer = (pointer: string, target: NamedTarget): string | undefined => {
  const options = listTargetOptions(target).filter(({ key }) =>
    listPointers(key).some((name) => `${pointer}.`.startsWith(`${name}.`)),
  );
  // A locked option counts, also where a default has another value.
  return (options.find(({ isLocked }) => isLocked) ?? options[0])?.pointer;
};

const listPointers = (key: string): readonly string[] => listKeysOfAllVersions(key).map(toOptionPointer);
