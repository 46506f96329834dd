import Box from '@cloudscape-design/components/box';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useRef, useState } from 'react';

import { cancelQueued, setPriority, setQueuePaused } from '../../api/operations/queue.ts';
import type { QueuedCommand } from '../../api/types.ts';
import { ActionDialog } from '../../components/action-dialog.tsx';
import { runForEach } from '../../model/operations/run-for-each.ts';

interface DialogProps {
  readonly target: string;
  readonly onClose: () => void;
}

/** Pauses the queue of a target, or resumes it. */
export const PauseDialog = ({ target, isPaused, onClose }: DialogProps & { readonly isPaused: boolean }) => (
  <ActionDialog
    title={`${isPaused ? 'Resume' : 'Pause'} the queue of ${target}`}
    confirm={isPaused ? 'Resume the queue' : 'Pause the queue'}
    command={['queue', isPaused ? 'resume' : 'pause', '--at', target]}
    run={async () => {
      await setQueuePaused(target, !isPaused);
      return undefined;
    }}
    onClose={onClose}
  >
    {isPaused
      ? 'Queued commands start again, in their order and within the limits of the target.'
      : 'No queued command starts until the queue is resumed. Clusters and jobs that run continue, and commands are still accepted.'}
  </ActionDialog>
);

const minPriority = -1_000;
const maxPriority = 1_000;

const isPriority = (text: string): boolean =>
  /^-?\d+$/.test(text) && Number(text) >= minPriority && Number(text) <= maxPriority;

/** Changes the priority of a queued command. */
export const PriorityDialog = ({ target, queued, onClose }: DialogProps & { readonly queued: QueuedCommand }) => {
  const { operationId, kind, clusterId, priority, position } = queued;
  const [text, setText] = useState(String(priority));
  const isValid = isPriority(text);
  return (
    <ActionDialog
      title={`Change the priority of ${kind} ${clusterId}`}
      confirm="Change the priority"
      isInvalid={!isValid}
      command={['queue', 'priority', operationId, isValid ? text : 'NUMBER', '--at', target]}
      run={async () => {
        await setPriority({ target, operationId }, Number(text));
        return undefined;
      }}
      onClose={onClose}
    >
      <SpaceBetween size="m">
        <div>
          The command is at position {position}. Commands with a higher priority start before it, and it starts before
          those with a lower one.
        </div>
        <FormField
          label="Priority"
          constraintText={`A whole number from ${minPriority} to ${maxPriority}. The default is 0.`}
          errorText={isValid ? undefined : `Enter a whole number from ${minPriority} to ${maxPriority}.`}
        >
          <Input inputMode="numeric" value={text} onChange={({ detail }) => setText(detail.value.trim())} />
        </FormField>
      </SpaceBetween>
    </ActionDialog>
  );
};

/** Cancels queued commands. */
export const CancelDialog = ({
  target,
  queued,
  onClose,
}: DialogProps & { readonly queued: readonly QueuedCommand[] }) => {
  const canceled = useRef(new Set<string>());
  const ids = queued.map(({ operationId }) => operationId);
  const noun = ids.length === 1 ? 'command' : 'commands';
  return (
    <ActionDialog
      title={`Cancel ${ids.length} queued ${noun}`}
      confirm={`Cancel the ${noun}`}
      command={['queue', 'cancel', ...ids, '--at', target]}
      run={async () => {
        await runForEach(ids, canceled.current, (operationId) => cancelQueued({ target, operationId }));
        return undefined;
      }}
      onClose={onClose}
    >
      <SpaceBetween size="xs">
        <div>
          These commands leave the queue and end as CANCELED. Nothing was started for them, and commands that depend on
          them fail.
        </div>
        <ul>
          {queued.map(({ operationId, kind, clusterId }) => (
            <li key={operationId}>
              {kind} {clusterId}{' '}
              <Box variant="span" color="text-body-secondary">
                {operationId}
              </Box>
            </li>
          ))}
        </ul>
      </SpaceBetween>
    </ActionDialog>
  );
};
