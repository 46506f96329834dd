import { describeScheduleAction } from '#events/schedule-text.ts';

import { deleteSchedule, setScheduleEnabled } from '../../api/schedules.ts';
import type { Schedule } from '../../api/types.ts';
import { ActionDialog } from '../../components/action-dialog.tsx';
import { toPutWords } from '../../model/schedules.ts';

interface DialogProps {
  readonly schedule: Schedule;
  readonly onClose: () => void;
}

/** Pauses a schedule, or resumes it. */
export const EnableDialog = ({ schedule, onClose }: DialogProps) => {
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
  readonly onDone?: () => void;
}

/** Deletes a schedule. */
export const DeleteDialog = ({ schedule: { target, name, definition }, onClose, onDone }: DeleteDialogProps) => (
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
