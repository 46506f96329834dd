import Checkbox from '@cloudscape-design/components/checkbox';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';

import { useJobs } from '../api/clusters/cluster.ts';
import type { Cluster } from '../api/types.ts';
import { stopCluster, type StopOptions } from '../model/commands/cluster-commands.ts';
import { isTerminalState, mayHavePods } from '../model/states.ts';
import { type ClusterDialogProps, CommandDialog } from './command-dialog.tsx';
import { ChoiceField, SavepointDirectoryField } from './fields.tsx';

const savepoints: readonly { value: StopOptions['savepoint']; label: string; description: string }[] = [
  {
    value: 'none',
    label: 'No savepoint',
    description: 'The jobs are canceled. Their state since the last savepoint is lost.',
  },
  {
    value: 'best-effort',
    label: 'If possible',
    description: 'Each job is stopped with a savepoint, or else canceled.',
  },
  { value: 'required', label: 'Required', description: 'The cluster runs on if a savepoint fails.' },
];

export const StopDialog = ({ cluster, onClose }: ClusterDialogProps) => {
  const { clusterId } = cluster;
  const hasJobs = useHasJobs(cluster);
  const [chosen, setChosen] = useState<Omit<StopOptions, 'savepoint'> & Partial<StopOptions>>({
    savepointDirectory: '',
    ha: 'keep',
  });
  const options: StopOptions = { savepoint: hasJobs ? 'required' : 'none', ...chosen };
  const change = (changes: Partial<StopOptions>) => setChosen((current) => ({ ...current, ...changes }));
  return (
    <CommandDialog
      title={`Stop ${clusterId}`}
      confirm="Stop the cluster"
      command={stopCluster(cluster, options)}
      typeToConfirm={hasJobs && options.savepoint === 'none' ? clusterId : undefined}
      onClose={onClose}
    >
      <SpaceBetween size="m">
        <div>{describeStop(cluster, hasJobs)}</div>
        <ChoiceField
          label="Savepoint"
          value={options.savepoint}
          items={savepoints}
          onChange={(savepoint) => change({ savepoint })}
        />
        {options.savepoint === 'none' ? null : (
          <SavepointDirectoryField
            value={options.savepointDirectory}
            onChange={(savepointDirectory) => change({ savepointDirectory })}
          />
        )}
        <Checkbox
          checked={options.ha === 'purge'}
          onChange={({ detail }) => change({ ha: detail.checked ? 'purge' : 'keep' })}
          description="Otherwise a new cluster with the same ID recovers its jobs from it."
        >
          Delete the high-availability data
        </Checkbox>
      </SpaceBetween>
    </CommandDialog>
  );
};

/** Whether a stop may lose the state of jobs. It may until the jobs are known, and when they cannot be read. */
const useHasJobs = (cluster: Cluster): boolean => {
  const { data, isFetchedAfterMount } = useJobs(cluster);
  if (!mayHavePods(cluster)) return false;
  // What a tab read before the dialog opened may be older than the last submit.
  if (data === undefined || !isFetchedAfterMount) return true;
  return data.hasMore || data.jobs.some(({ state }) => !isTerminalState('job', state));
};

const describeStop = ({ mode, state }: Cluster, hasJobs: boolean): string => {
  if (state === 'FAILED') return 'Removes the Kubernetes objects that the failed cluster has left.';
  if (state === 'QUEUED') return 'Removes the deploy from the queue.';
  if (state === 'SUSPENDED') return 'Ends the suspended cluster. It can no longer be resumed.';
  const what = `the ${mode}${hasJobs ? ' with its jobs' : ', which has no live jobs'}`;
  return `Stops ${what}, and removes its Kubernetes objects. The record stays. To start it again later, suspend it instead.`;
};
