import Checkbox from '@cloudscape-design/components/checkbox';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';

import type { Cluster } from '../api/types.ts';
import { stopCluster, type StopOptions } from '../model/commands.ts';
import { isTerminalState } from '../model/states.ts';
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
  const jobs = (cluster.jobs ?? []).filter(({ state }) => !isTerminalState('job', state));
  const hasJobs = jobs.length > 0;
  const [options, setOptions] = useState<StopOptions>({
    savepoint: hasJobs ? 'required' : 'none',
    savepointDirectory: '',
    ha: 'keep',
  });
  const change = (changes: Partial<StopOptions>) => setOptions((current) => ({ ...current, ...changes }));
  return (
    <CommandDialog
      title={`Stop ${clusterId}`}
      confirm="Stop the cluster"
      command={stopCluster(cluster, options)}
      typeToConfirm={hasJobs && options.savepoint === 'none' ? clusterId : undefined}
      onClose={onClose}
    >
      <SpaceBetween size="m">
        <div>{describeStop(cluster, jobs.length)}</div>
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

const describeStop = ({ mode, state }: Cluster, jobs: number): string => {
  if (state === 'FAILED') return 'Removes the Kubernetes objects that the failed cluster has left.';
  if (state === 'QUEUED') return 'Removes the deploy from the queue.';
  if (state === 'SUSPENDED') return 'Ends the suspended cluster. It can no longer be resumed.';
  const what = mode === 'session' ? `the session with its ${jobs} live jobs` : 'the application with its jobs';
  return `Stops ${what}, and removes its Kubernetes objects. The record stays. To start it again later, suspend it instead.`;
};
