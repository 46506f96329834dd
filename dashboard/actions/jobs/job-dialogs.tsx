import Checkbox from '@cloudscape-design/components/checkbox';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';

import type { JobAction } from '../../model/clusters/availability.ts';
import { needsDirectory } from '../../model/clusters/end-state.ts';
import {
  cancelJob,
  rescaleJob,
  type SavepointOptions,
  stopJob,
  takeCheckpoint,
  takeSavepoint,
} from '../../model/commands/job-commands.ts';
import { CommandDialog, type JobDialogProps } from '../command-dialog.tsx';
import { ApplyDialog } from './apply-dialog.tsx';
import { ChoiceField, parsePositive, SavepointDirectoryField, TextField } from '../fields.tsx';

const CancelDialog = ({ job, onClose }: JobDialogProps) => (
  <CommandDialog title={`Cancel ${job.name}`} confirm="Cancel the job" command={cancelJob(job)} onClose={onClose}>
    Ends the job without a savepoint. To keep its state, stop it with a savepoint instead.
  </CommandDialog>
);

const RescaleDialog = ({ job, onClose }: JobDialogProps) => {
  const [text, setText] = useState('');
  const parallelism = parsePositive(text);
  return (
    <CommandDialog
      title={`Rescale ${job.name}`}
      confirm="Rescale"
      command={rescaleJob(job, parallelism ?? 1)}
      isInvalid={parallelism === undefined}
      onClose={onClose}
    >
      <SpaceBetween size="m">
        <div>
          Changes the parallelism while the job runs. It needs the adaptive scheduler (jobmanager.scheduler: adaptive).
          Without slots within 10 minutes, the last parallelism is restored.
        </div>
        <TextField
          label="Parallelism"
          inputMode="numeric"
          value={text}
          onChange={setText}
          errorText={text === '' || parallelism !== undefined ? undefined : 'A number of at least 1.'}
        />
      </SpaceBetween>
    </CommandDialog>
  );
};

const CheckpointDialog = ({ job, onClose }: JobDialogProps) => {
  const [isFull, setFull] = useState(false);
  return (
    <CommandDialog
      title={`Checkpoint of ${job.name}`}
      confirm="Take a checkpoint"
      command={takeCheckpoint(job, isFull)}
      onClose={onClose}
    >
      <SpaceBetween size="m">
        <div>
          Takes a checkpoint now. The job runs on. Flink keeps and deletes it as any other checkpoint. To keep a state,
          take a savepoint.
        </div>
        <Checkbox
          checked={isFull}
          onChange={({ detail }) => setFull(detail.checked)}
          description="Also if the job takes incremental checkpoints."
        >
          Full
        </Checkbox>
      </SpaceBetween>
    </CommandDialog>
  );
};

/** A savepoint, after which the job runs on or has ended. */
const SavepointDialog = ({ cluster, job, onClose, stops }: JobDialogProps & { readonly stops: boolean }) => {
  const [options, setOptions] = useState<SavepointOptions>({ directory: '', format: 'CANONICAL' });
  const [drain, setDrain] = useState(false);
  const isRequired = needsDirectory(cluster);
  const change = (changes: Partial<SavepointOptions>) => setOptions((current) => ({ ...current, ...changes }));
  return (
    <CommandDialog
      title={stops ? `Stop ${job.name} with a savepoint` : `Savepoint of ${job.name}`}
      confirm={stops ? 'Stop the job' : 'Take a savepoint'}
      command={stops ? stopJob(job, { ...options, drain }) : takeSavepoint(job, options)}
      isInvalid={isRequired && options.directory.trim() === ''}
      onClose={onClose}
    >
      <SpaceBetween size="m">
        <div>
          {stops
            ? 'Takes a savepoint, and ends the job. The job runs on if the savepoint fails.'
            : 'Takes a savepoint. The job runs on.'}
        </div>
        <SavepointDirectoryField
          cluster={cluster}
          isRequired={isRequired}
          value={options.directory}
          onChange={(directory) => change({ directory })}
        />
        <ChoiceField
          label="Format"
          value={options.format}
          items={[
            { value: 'CANONICAL', label: 'Canonical', description: 'Can be restored with another state backend.' },
            { value: 'NATIVE', label: 'Native', description: 'Faster.' },
          ]}
          onChange={(format) => change({ format })}
        />
        {stops ? (
          <Checkbox
            checked={drain}
            onChange={({ detail }) => setDrain(detail.checked)}
            description="As if the sources had ended: windows fire. Do not drain a job that you want to start again from the savepoint."
          >
            Drain
          </Checkbox>
        ) : null}
      </SpaceBetween>
    </CommandDialog>
  );
};

/** The dialog of an action of a job. */
const JobDialog = ({ action, ...props }: JobDialogProps & { readonly action: JobAction }) => {
  switch (action) {
    case 'cancel':
      return <CancelDialog {...props} />;
    case 'checkpoint':
      return <CheckpointDialog {...props} />;
    case 'apply':
      return <ApplyDialog {...props} />;
    case 'rescale':
      return <RescaleDialog {...props} />;
    default:
      return <SavepointDialog {...props} stops={action === 'stop'} />;
  }
};

// A default export, because `lazy` loads one.
export default JobDialog;
