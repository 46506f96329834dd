/**
 * The phases of a rollout, in order. A rollout skips those that it does not need. They are apart from the schema of their
 * records, because the metrics of all functions name them.
 */
export const rolloutPhases = [
  'WaitingForRollout',
  'Checking',
  'Rescaling',
  'Snapshotting',
  'Starting',
  'Verifying',
  'RollingBack',
] as const;
