import type { PropsWithChildren } from 'react';

import { nothingChanged, sendCommand } from '../api/operations/commands.ts';
import type { Cluster, Job } from '../api/types.ts';
import { ActionDialog, type ActionDialogProps } from '../components/action-dialog.tsx';
import type { ActionCommand } from '../model/commands/command.ts';

/** What the dialog of each action of a cluster gets. */
export interface ClusterDialogProps {
  readonly cluster: Cluster;
  readonly onClose: () => void;
}

/** What the dialog of each action of a job gets. */
export interface JobDialogProps {
  readonly cluster: Cluster;
  readonly job: Pick<Job, 'target' | 'clusterId' | 'jobId' | 'name'>;
  readonly onClose: () => void;
}

interface CommandDialogProps extends Omit<ActionDialogProps, 'command' | 'run'> {
  readonly command: ActionCommand;
}

/** The dialog of a command for a cluster, a job or a snapshot. */
export const CommandDialog = ({ command, ...props }: PropsWithChildren<CommandDialogProps>) => (
  <ActionDialog
    {...props}
    command={command.words}
    run={(key) => sendCommand(command, key)}
    unchanged={nothingChanged}
  />
);
