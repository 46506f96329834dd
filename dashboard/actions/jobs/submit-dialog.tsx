import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';

import { submitJar } from '../../model/commands/program-commands.ts';
import type { ClusterDialogProps } from '../command-dialog.tsx';
import { DropStateField, SavepointField } from '../fields.tsx';
import { JarField, useJarChoice } from './jar-field.tsx';
import { ProgramDialog } from './program-dialog.tsx';
import { ProgramFields, useProgramChoice } from './program-fields.tsx';

/** Uploads a jar, or takes one that was uploaded before, and submits it to a session. */
export const SubmitDialog = ({ cluster, onClose }: ClusterDialogProps) => {
  const jar = useJarChoice(cluster.target);
  const program = useProgramChoice();
  const [savepoint, setSavepoint] = useState('');
  const [allowNonRestoredState, setAllowNonRestoredState] = useState(false);
  return (
    <ProgramDialog
      title={`Submit a job to ${cluster.clusterId}`}
      verb="Submit"
      jar={jar}
      toCommand={(used) => submitJar(cluster, { ...program, jar: used, savepoint, allowNonRestoredState })}
      isInvalid={!program.isValid}
      onClose={onClose}
    >
      <SpaceBetween size="m">
        <div>Runs the program of the jar on the session. The dialog closes when the job is submitted.</div>
        <JarField jar={jar} />
        <ProgramFields program={program} />
        <SavepointField value={savepoint} onChange={setSavepoint} />
        {savepoint.trim() === '' ? null : (
          <DropStateField checked={allowNonRestoredState} onChange={setAllowNonRestoredState} />
        )}
      </SpaceBetween>
    </ProgramDialog>
  );
};
