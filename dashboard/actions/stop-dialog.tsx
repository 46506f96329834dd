import Checkbox from '@cloudscape-design/components/checkbox';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';

import type { Cluster } from '../api/types.ts';
import { stopCluster, type StopOptions } from '../model/commands/cluster-commands.ts';
import { mayHavePods } from '../model/states.ts';
import { useHasJobs } from '../hooks/use-has-jobs.ts';
import { describeStopAction, needsDirectory } from '../model/clusters/end-state.ts';
import { type ClusterDialogProps, CommandDialog } from './command-dialog.tsx';
import { type Choice, ChoiceField, SavepointDirectoryField } from './fields.tsx';

const savepoints: readonly Choice<StopOptions['savepoint']>[] = [
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
  const { clusterId, state } = cluster;
  const hasJobs = useHasJobs(cluster);
  const isRequired = needsDirectory(cluster, hasJobs);
  const [chosen, setChosen] = useState<Omit<StopOptions, 'savepoint'> & Partial<StopOptions>>({
    savepointDirectory: '',
    ha: 'keep',
  });
  const isStarting = state === 'REQUESTED' || state === 'DEPLOYING';
  const items = isStarting ? savepoints.filter(({ value }) => value !== 'required') : savepoints;
  const preselected = isStarting ? 'best-effort' : 'required';
  const options: StopOptions = { savepoint: hasJobs && !isRequired ? preselected : 'none', ...chosen };
  const change = (changes: Partial<StopOptions>) => setChosen((current) => ({ ...current, ...changes }));
  const { action, confirm } = describeStopAction(state);
  const takesSavepoint = options.savepoint !== 'none';
  return (
    <CommandDialog
      title={action === 'Stop' ? `Stop ${clusterId}` : `${action}: ${clusterId}`}
      confirm={confirm}
      command={stopCluster(cluster, options)}
      typeToConfirm={hasJobs && !takesSavepoint ? clusterId : undefined}
      isInvalid={isRequired && takesSavepoint && options.savepointDirectory.trim() === ''}
      onClose={onClose}
    >
      <SpaceBetween size="m">
        <div>{describeStop(cluster, hasJobs)}</div>
        {mayHavePods(cluster) ? (
          <ChoiceField
            label="Savepoint"
            value={options.savepoint}
            items={items}
            onChange={(savepoint) => change({ savepoint })}
          />
        ) : null}
        {takesSavepoint ? (
          <SavepointDirectoryField
            cluster={cluster}
            isRequired={isRequired}
            value={options.savepointDirectory}
            onChange={(savepointDirectory) => change({ savepointDirectory })}
          />
        ) : null}
        {mayHaveData(cluster) ? (
          <Checkbox
            checked={options.ha === 'purge'}
            onChange={({ detail }) => change({ ha: detail.checked ? 'purge' : 'keep' })}
            description="Otherwise a new cluster with the same ID recovers its jobs from it."
          >
            Delete the high-availability data
          </Checkbox>
        ) : null}
      </SpaceBetween>
    </CommandDialog>
  );
};

/** A queued cluster has written no high-availability data, nor has one that failed without high availability. */
const mayHaveData = ({ state, highAvailabilityDirectory }: Cluster): boolean =>
  state !== 'QUEUED' && (state !== 'FAILED' || highAvailabilityDirectory !== undefined);

const describeStop = ({ mode, state }: Cluster, hasJobs: boolean): string => {
  if (state === 'FAILED') return 'Removes the Kubernetes objects that the failed cluster has left.';
  if (state === 'QUEUED') return 'Removes the deploy from the queue.';
  if (state === 'SUSPENDED') return 'Ends the suspended cluster. It can no longer be resumed.';
  const what = `the ${mode}${hasJobs ? ' with its jobs' : ', which has no live jobs'}`;
  return `Stops ${what}, and removes its Kubernetes objects. The record stays. To start it again later, suspend it instead.`;
};
