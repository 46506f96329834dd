import type { Operation } from '../../api/types.ts';
import { formatBytes } from '../bytes.ts';

type Rollout = NonNullable<Operation['rollout']>;

interface Fact {
  readonly label: string;
  readonly value: string;
}

/** What a rollout changed, and what became of the state, as far as it is known. */
export const describeRollout = (rollout: Rollout): readonly Fact[] => {
  const { from, to, specOf, snapshot, stateBytes, fallbackReason, stateDropped, rolledBackTo, suspended } = rollout;
  return [
    ...describeChange(rollout),
    ...(from === undefined && to === undefined
      ? []
      : [{ label: 'Revisions', value: `${from ?? 'none'} → ${to ?? 'none yet'}` }]),
    ...(specOf === undefined ? [] : [{ label: 'Spec', value: `that of revision ${specOf}` }]),
    ...(snapshot === undefined ? [] : [{ label: 'State', value: `${snapshot.kind} ${snapshot.path}` }]),
    ...(stateBytes === undefined ? [] : [{ label: 'Size of the state', value: formatBytes(stateBytes) }]),
    ...(fallbackReason === undefined ? [] : [{ label: 'Why the fallback', value: fallbackReason }]),
    ...(stateDropped === true ? [{ label: 'Former state', value: 'dropped' }] : []),
    ...(rolledBackTo === undefined ? [] : [{ label: 'Rolled back to', value: `the spec of revision ${rolledBackTo}` }]),
    ...(suspended === true
      ? [{ label: 'Cluster', value: 'SUSPENDED with its state. An apply or a resume starts it.' }]
      : []),
  ];
};

const describeChange = ({ class: changeClass, rescale, job }: Rollout): readonly Fact[] => {
  if (rescale !== undefined)
    return [
      { label: 'Change', value: `Job ${rescale.jobId} gets parallelism ${rescale.parallelism}. Nothing restarts.` },
    ];
  if (changeClass !== undefined) return [{ label: 'Change', value: 'In the record alone. Nothing restarts.' }];
  if (job === undefined) return [];
  const { from, to, rolledBackTo } = job;
  return [
    { label: 'Jobs', value: `${from} → ${to ?? 'none yet'}` },
    ...(rolledBackTo === undefined ? [] : [{ label: 'Runs the old program', value: `job ${rolledBackTo}` }]),
  ];
};
