import Button from '@cloudscape-design/components/button';
import SpaceBetween from '@cloudscape-design/components/space-between';

import { describeScheduleAction } from '#events/schedule-text.ts';

import { deleteSchedule, setScheduleEnabled } from '../../api/schedules.ts';
import type { Schedule } from '../../api/types.ts';
import { ActionDialog } from '../../components/action-dialog.tsx';
import { toPutWords } from '../../model/schedules/schedules.ts';

interface DialogProps {
  readonly schedule: Schedule;
  readonly onClose: () => void;
}

/** Pauses a schedule, or resumes it. */
const EnableDialog = ({ schedule, onClose }: DialogProps) => {
  const { name, definition } = schedule;
  const enabled = !definition.enabled;
  return (
    <ActionDialog
      title={`${enabled ? 'Resume' : 'Pause'} schedule ${name}`}
      confirm={enabled ? 'Resume the schedule' : 'Pause the schedule'}
      command={toPutWords(schedule, enabled)}
      run={async () => {
        await setScheduleEnabled(schedule, enabled);
        return undefined;
      }}
      onClose={onClose}
    >
      {enabled
        ? `The schedule runs again: ${describeScheduleAction(definition)}, ${definition.expression} in ${definition.timezone}. You become its author.`
        : 'The schedule stays stored and does not run until it is resumed. Operations that it has started continue. You become its author.'}
    </ActionDialog>
  );
};

interface DeleteDialogProps extends DialogProps {
  readonly onDone: (() => void) | undefined;
}

/** Deletes a schedule. */
const DeleteDialog = ({ schedule: { target, name, definition }, onClose, onDone }: DeleteDialogProps) => (
  <ActionDialog
    title={`Delete schedule ${name}`}
    confirm="Delete the schedule"
    typeToConfirm={name}
    command={['schedule', 'delete', name, '--at', target]}
    run={async () => {
      await deleteSchedule({ target, name });
      onDone?.();
      return undefined;
    }}
    onClose={onClose}
  >
    The schedule does not run again: {describeScheduleAction(definition)}. Its runs are kept for 90 days, and operations
    that it has started continue.
  </ActionDialog>
);

/** What the reader chose. It does not change when the schedule does. */
interface Choice {
  readonly action: 'pause' | 'resume' | 'delete';
  readonly schedule: Schedule;
}

export interface ScheduleDialogProps {
  /** Undefined: no dialog is open. */
  readonly dialog: Choice | undefined;
  readonly onClose: () => void;
  readonly onDeleted?: (() => void) | undefined;
}

export const ScheduleDialog = ({ dialog, onClose, onDeleted }: ScheduleDialogProps) => {
  if (dialog === undefined) return null;
  return dialog.action === 'delete' ? (
    <DeleteDialog schedule={dialog.schedule} onClose={onClose} onDone={onDeleted} />
  ) : (
    <EnableDialog schedule={dialog.schedule} onClose={onClose} />
  );
};

interface ScheduleActionsProps {
  /** Undefined: there is none to act on. */
  readonly schedule: Schedule | undefined;
  readonly onChoose: (choice: Choice) => void;
}

/** What the reader can do with a schedule. */
export const ScheduleActions = ({ schedule, onChoose }: ScheduleActionsProps) => {
  const toggle = schedule?.definition.enabled === false ? 'resume' : 'pause';
  const choose = (action: Choice['action']) => () => {
    if (schedule !== undefined) onChoose({ action, schedule });
  };
  return (
    <SpaceBetween direction="horizontal" size="xs">
      <Button disabled={schedule === undefined} onClick={choose(toggle)}>
        {toggle === 'resume' ? 'Resume' : 'Pause'}
      </Button>
      <Button disabled={schedule === undefined} onClick={choose('delete')}>
        Delete
      </Button>
    </SpaceBetween>
  );
};
