import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';

import { needsDirectory } from '../../model/clusters/end-state.ts';
import { applyJob, hasState, type JobRolloutChoice } from '../../model/commands/program-commands.ts';
import type { JobDialogProps } from '../command-dialog.tsx';
import { ChoiceField, DropStateField, SavepointDirectoryField, SavepointField, TextField } from '../fields.tsx';
import { JarField, useJarChoice } from './jar-field.tsx';
import { ProgramDialog } from './program-dialog.tsx';
import { ProgramFields, useProgramChoice } from './program-fields.tsx';

/** Runs another jar, or the same one with other options, in place of a job of a session. */
export const ApplyDialog = ({ cluster, job, onClose }: JobDialogProps) => {
  const jar = useJarChoice(job.target);
  const program = useProgramChoice();
  const [choice, setChoice] = useState<Omit<JobRolloutChoice, 'maxRestarts'>>({
    state: 'savepoint',
    savepointDirectory: '',
    savepoint: '',
    allowNonRestoredState: false,
    stableWithin: '',
    onFailure: 'rollback',
  });
  const [restarts, setRestarts] = useState('');
  const isCount = /^\d{0,4}$/.test(restarts.trim()) && Number(restarts) <= 1_000;
  const maxRestarts = isCount && restarts.trim() !== '' ? Number(restarts) : undefined;
  const lacksDirectory =
    needsDirectory(cluster) && choice.state === 'savepoint' && choice.savepointDirectory.trim() === '';
  const change = (changes: Partial<JobRolloutChoice>) => setChoice((current) => ({ ...current, ...changes }));
  return (
    <ProgramDialog
      title={`Apply another program to ${job.name}`}
      verb="Apply"
      jar={jar}
      toCommand={(used) => applyJob(job, { ...program, jar: used, rollout: { ...choice, maxRestarts } })}
      isInvalid={!program.isValid || !isCount || lacksDirectory}
      typeToConfirm={hasState(choice) ? undefined : job.name}
      onClose={onClose}
    >
      <SpaceBetween size="m">
        <div>
          Ends the job, and runs the program of the jar in its place. The new job has another job ID, and the class,
          arguments and parallelism that you enter here, not those of the old one. Flink options of the old job are
          dropped.
        </div>
        <JarField jar={jar} />
        <ProgramFields program={program} />
        <StateFields cluster={cluster} choice={choice} onChange={change} />
        <TextField
          label="How long the new job is watched"
          placeholder="5min"
          value={choice.stableWithin}
          onChange={(stableWithin) => change({ stableWithin })}
        />
        <TextField
          label="Restarts"
          description="How often Flink may restart the job in that time. Default: never."
          inputMode="numeric"
          value={restarts}
          onChange={setRestarts}
          errorText={isCount ? undefined : 'A number from 0 to 1000.'}
        />
        <ChoiceField
          label="If the new job is not stable"
          value={choice.onFailure}
          items={failureActions}
          onChange={(onFailure) => change({ onFailure })}
        />
      </SpaceBetween>
    </ProgramDialog>
  );
};

const states: readonly { value: JobRolloutChoice['state']; label: string; description: string }[] = [
  { value: 'savepoint', label: 'Savepoint', description: 'The old job runs on if the savepoint fails.' },
  { value: 'none', label: 'None', description: 'The old job is canceled, and its state is dropped.' },
];

const failureActions: readonly { value: JobRolloutChoice['onFailure']; label: string; description: string }[] = [
  { value: 'rollback', label: 'Roll back', description: 'The old program starts again from the same state.' },
  {
    value: 'keep',
    label: 'Keep it',
    description: 'A new job that runs continues. Without one, the old program starts again.',
  },
];

interface StateFieldsProps extends Pick<JobDialogProps, 'cluster'> {
  readonly choice: Omit<JobRolloutChoice, 'maxRestarts'>;
  readonly onChange: (changes: Partial<JobRolloutChoice>) => void;
}

const StateFields = ({ cluster, choice, onChange }: StateFieldsProps) => (
  <SpaceBetween size="m">
    <ChoiceField label="State" value={choice.state} items={states} onChange={(state) => onChange({ state })} />
    {choice.state === 'savepoint' ? (
      <SavepointDirectoryField
        cluster={cluster}
        isRequired={needsDirectory(cluster)}
        value={choice.savepointDirectory}
        onChange={(savepointDirectory) => onChange({ savepointDirectory })}
      />
    ) : (
      <SavepointField value={choice.savepoint} onChange={(savepoint) => onChange({ savepoint })} />
    )}
    {hasState(choice) ? (
      <DropStateField
        checked={choice.allowNonRestoredState}
        onChange={(allowNonRestoredState) => onChange({ allowNonRestoredState })}
      />
    ) : null}
  </SpaceBetween>
);
