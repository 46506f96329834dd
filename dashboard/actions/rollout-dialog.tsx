import Checkbox from '@cloudscape-design/components/checkbox';
import FormField from '@cloudscape-design/components/form-field';
import Select, { type SelectProps } from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';

import { useRevisions } from '../api/clusters/revisions.ts';
import type { Revision } from '../api/types.ts';
import { QueryState } from '../components/query-state.tsx';
import { useHasJobs } from '../hooks/use-has-jobs.ts';
import { findLastStateRefusal, needsDirectory } from '../model/clusters/end-state.ts';
import { rollOut, type RolloutChoice, type RolloutKind } from '../model/commands/cluster-commands.ts';
import type { ClusterRef } from '../model/commands/command.ts';
import { formatTime } from '../model/time.ts';
import { type ClusterDialogProps, CommandDialog } from './command-dialog.tsx';
import { type Choice, ChoiceField, SavepointDirectoryField, TextField } from './fields.tsx';

interface RolloutDialogProps extends ClusterDialogProps {
  readonly kind: RolloutKind;
}

const texts: Readonly<Record<RolloutKind, { readonly title: string; readonly description: string }>> = {
  suspend: {
    title: 'Suspend',
    description: 'Ends the cluster, and keeps its spec and its state. It takes no capacity until it is resumed.',
  },
  resume: { title: 'Resume', description: 'Starts the suspended cluster from its state.' },
  restart: { title: 'Restart', description: 'Starts the cluster again with the same spec and its state.' },
  rollback: {
    title: 'Roll back',
    description: 'Makes the cluster run the spec of an earlier revision, with the state of now.',
  },
};

/** Where the state can come from. `refusal`: why not from the last checkpoint. */
const listStates = (refusal: string | undefined): readonly Choice<RolloutChoice['state']>[] => [
  { value: 'savepoint', label: 'Savepoint', description: 'The cluster runs on if the savepoint fails.' },
  {
    value: 'last-state',
    label: 'Last checkpoint',
    description: refusal ?? 'Works for a job that keeps restarting, too.',
    disabled: refusal !== undefined,
  },
  { value: 'none', label: 'None', description: 'The state is dropped.' },
];

/** Suspends, resumes, restarts or rolls back a cluster. */
export const RolloutDialog = ({ kind, cluster, onClose }: RolloutDialogProps) => {
  const isRequired = needsDirectory(cluster, useHasJobs(cluster));
  const refusal = findLastStateRefusal(cluster);
  const [chosen, setChosen] = useState<Omit<RolloutChoice, 'state'> & Partial<RolloutChoice>>({
    savepointDirectory: '',
    stableWithin: '',
    to: undefined,
    allowFailed: false,
  });
  const preselected = !isRequired ? 'savepoint' : refusal === undefined ? 'last-state' : 'none';
  const choice: RolloutChoice = { state: preselected, ...chosen };
  const change = (changes: Partial<RolloutChoice>) => setChosen((current) => ({ ...current, ...changes }));
  const { title, description } = texts[kind];
  const takesState = kind !== 'resume' && cluster.state !== 'SUSPENDED';
  return (
    <CommandDialog
      title={`${title} ${cluster.clusterId}`}
      confirm={title}
      command={rollOut(kind, cluster, choice)}
      typeToConfirm={takesState && choice.state === 'none' ? cluster.clusterId : undefined}
      isInvalid={takesState && isRequired && choice.state === 'savepoint' && choice.savepointDirectory.trim() === ''}
      onClose={onClose}
    >
      <SpaceBetween size="m">
        <div>{description}</div>
        {kind === 'rollback' ? <RevisionField cluster={cluster} choice={choice} onChange={change} /> : null}
        {takesState ? (
          <ChoiceField
            label="State"
            value={choice.state}
            items={listStates(refusal)}
            onChange={(state) => change({ state })}
          />
        ) : null}
        {takesState && choice.state === 'savepoint' ? (
          <SavepointDirectoryField
            cluster={cluster}
            isRequired={isRequired}
            value={choice.savepointDirectory}
            onChange={(savepointDirectory) => change({ savepointDirectory })}
          />
        ) : null}
        {kind === 'suspend' ? null : (
          <TextField
            label="How long the new start is watched"
            description="If it is not stable, the last stable revision starts again."
            placeholder="5min"
            value={choice.stableWithin}
            onChange={(stableWithin) => change({ stableWithin })}
          />
        )}
      </SpaceBetween>
    </CommandDialog>
  );
};

interface RevisionFieldProps {
  readonly cluster: ClusterRef & { readonly revision?: number };
  readonly choice: RolloutChoice;
  readonly onChange: (changes: Partial<RolloutChoice>) => void;
}

const lastStable: SelectProps.Option = { value: '', label: 'The last stable one' };

const RevisionField = ({ cluster, choice, onChange }: RevisionFieldProps) => {
  const revisions = useRevisions(cluster);
  return (
    <QueryState query={revisions}>
      {(items) => {
        const options = [lastStable, ...items.filter(({ number }) => number !== cluster.revision).map(toOption)];
        const chosen = items.find(({ number }) => number === choice.to);
        return (
          <SpaceBetween size="s">
            <FormField label="Revision">
              <Select
                selectedOption={options.find(({ value }) => value === (choice.to?.toString() ?? '')) ?? lastStable}
                options={options}
                onChange={({ detail: { selectedOption } }) =>
                  onChange({
                    to: selectedOption.value === '' ? undefined : Number(selectedOption.value),
                    allowFailed: false,
                  })
                }
              />
            </FormField>
            {chosen?.outcome === 'failed' ? (
              <Checkbox
                checked={choice.allowFailed}
                onChange={({ detail }) => onChange({ allowFailed: detail.checked })}
                description={chosen.problem?.detail}
              >
                This revision failed. Go back to it anyway
              </Checkbox>
            ) : null}
          </SpaceBetween>
        );
      }}
    </QueryState>
  );
};

const toOption = ({ number, image, createdAt, outcome }: Revision): SelectProps.Option => ({
  value: String(number),
  label: `Revision ${number}`,
  description: `${image}, ${formatTime(createdAt)}`,
  labelTag: outcome,
});
