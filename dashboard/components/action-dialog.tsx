import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import Modal from '@cloudscape-design/components/modal';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { type PropsWithChildren, useState } from 'react';

import type { Operation } from '../api/types.ts';
import { CommandLine } from './command-line.tsx';
import { OperationProgress } from './operation-progress.tsx';
import { ProblemAlert } from './problem-alert.tsx';
import { useAction } from '../hooks/use-action.ts';

export interface ActionDialogProps {
  readonly title: string;
  /** The words after `drey` that do the same. */
  readonly command: readonly string[];
  /** Text of the button that starts the action: `Stop the cluster`. */
  readonly confirm: string;
  /** A text that the reader has to type first, for what cannot be undone. */
  readonly typeToConfirm?: string;
  /** Whether what the reader entered can be sent. */
  readonly isInvalid?: boolean;
  /**
   * Sends the command. A repetition has the same idempotency key unless the API has refused the command. An action that
   * is complete with its answer returns no operation.
   */
  readonly run: (idempotencyKey: string) => Promise<Operation | undefined>;
  /** The result for the reader, in place of `Done.`, when the action had nothing to do. */
  readonly unchanged?: string;
  readonly onClose: () => void;
}

/** Says what an action will do, and shows its command line, its progress and its result. `children` is the description. */
export const ActionDialog = (props: PropsWithChildren<ActionDialogProps>) => {
  const { title, command, confirm, typeToConfirm, isInvalid = false, run, unchanged, onClose, children } = props;
  const [typed, setTyped] = useState('');
  const { error, isSending, operation, send } = useAction({ run, title, onDone: onClose, unchanged });
  // What it would send now may follow from the state of the cluster, which the command changes.
  const [sent, setSent] = useState(command);
  const isSent = isSending || operation !== undefined;
  const isConfirmed = typeToConfirm === undefined || typed === typeToConfirm;
  const start = (
    <Button
      variant="primary"
      disabled={!isConfirmed || isInvalid}
      loading={isSending}
      onClick={() => {
        setSent(command);
        send();
      }}
    >
      {confirm}
    </Button>
  );
  return (
    <Modal
      visible
      header={title}
      onDismiss={onClose}
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant={operation === undefined ? 'link' : 'primary'} onClick={onClose}>
              {operation === undefined && !confirm.startsWith('Cancel') ? 'Cancel' : 'Close'}
            </Button>
            {operation === undefined ? start : null}
          </SpaceBetween>
        </Box>
      }
    >
      <SpaceBetween size="m">
        {operation === undefined ? <div>{children}</div> : <OperationProgress operation={operation} />}
        {operation !== undefined || typeToConfirm === undefined ? null : (
          <FormField label={`Type ${typeToConfirm} to confirm`}>
            <Input value={typed} onChange={({ detail }) => setTyped(detail.value)} />
          </FormField>
        )}
        <CommandLine words={isSent ? sent : command} />
        {error === null ? null : <ProblemAlert error={error} />}
      </SpaceBetween>
    </Modal>
  );
};
