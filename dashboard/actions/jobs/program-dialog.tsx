import type { PropsWithChildren } from 'react';

import { nothingChanged, sendCommand } from '../../api/operations/commands.ts';
import { ActionDialog, type ActionDialogProps } from '../../components/action-dialog.tsx';
import type { ActionCommand } from '../../model/commands/command.ts';
import type { JarChoice } from './jar-field.tsx';

interface ProgramDialogProps extends Omit<ActionDialogProps, 'command' | 'confirm' | 'run'> {
  /** What the command does with the jar: `Submit`. */
  readonly verb: string;
  readonly jar: JarChoice;
  readonly toCommand: (jar: string) => ActionCommand;
}

/** The dialog of a command with a jar, which uploads the jar first. */
export const ProgramDialog = (props: PropsWithChildren<ProgramDialogProps>) => {
  const { verb, jar, toCommand, isInvalid = false, ...others } = props;
  return (
    <ActionDialog
      {...others}
      confirm={jar.source === 'file' ? `Upload and ${verb.toLowerCase()}` : verb}
      command={toCommand(jar.operand).words}
      isInvalid={isInvalid || !jar.isChosen}
      run={async (key) => sendCommand(toCommand(await jar.load()), key)}
      unchanged={nothingChanged}
    />
  );
};
