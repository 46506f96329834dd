import { toPointer } from '#events/problems/problem.ts';
import type { Target } from '#events/records/target.ts';

interface TargetOption {
  /** Its place in the target. */
  readonly pointer: string;
  readonly key: string;
  readonly value: string;
  readonly isLocked: boolean;
}

/** The options that a target sets for its clusters: its defaults, and the locked ones of its policy. */
export const listTargetOptions = ({
  defaults,
  policy,
}: Pick<Target, 'defaults' | 'policy'>): readonly TargetOption[] => [
  ...Object.entries(defaults).map(([key, value]) => ({
    pointer: toPointer(['defaults', key]),
    key,
    value,
    isLocked: false,
  })),
  ...Object.entries(policy.locked).map(([key, value]) => ({
    pointer: toPointer(['policy', 'locked', key]),
    key,
    value,
    isLocked: true,
  })),
];
