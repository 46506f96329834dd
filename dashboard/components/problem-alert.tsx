import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import CopyToClipboard from '@cloudscape-design/components/copy-to-clipboard';
import SpaceBetween from '@cloudscape-design/components/space-between';
import type { ReactNode } from 'react';

import { describePointer, toApiError } from '../api/client/problem.ts';
import type { FieldError } from '../api/types.ts';
import { Message } from './message.tsx';

interface ProblemAlertProps {
  readonly error: unknown;
  readonly onRetry?: () => void;
  /** What else the reader can do. */
  readonly action?: ReactNode;
  /** Whether the form marks each field that the problem is about. */
  readonly isMarked?: boolean;
}

/** A failed call: title, detail, each field error, the way out and the operation ID. */
export const ProblemAlert = ({ error, onRetry, action, isMarked = false }: ProblemAlertProps) => {
  const { details, wayOut } = toApiError(error);
  const { title, detail, reason, errors = [], operationId } = details;
  // Many details repeat the first mistake after its pointer.
  const repeats = errors.some(({ pointer }) => detail.startsWith(pointer));
  const mistakes = repeats || errors.length > 1 ? errors : [];
  const retry = onRetry === undefined ? undefined : <Button onClick={onRetry}>Retry</Button>;
  return (
    <Alert type="error" header={title} action={action ?? retry}>
      <SpaceBetween size="xs">
        {isMarked || repeats ? null : (
          <div style={{ overflowWrap: 'anywhere' }}>
            {reason === undefined ? '' : `${reason}: `}
            <Message text={detail} />
          </div>
        )}
        {isMarked ? null : mistakes.map((one) => <FieldMistake key={one.pointer + one.detail} error={one} />)}
        {isMarked ? (
          <div>Correct the marked fields.</div>
        ) : wayOut === undefined ? null : (
          <div>
            <Message text={wayOut} />
          </div>
        )}
        {operationId === undefined ? null : (
          <div>
            Operation{' '}
            <CopyToClipboard
              variant="inline"
              textToCopy={operationId}
              copyButtonAriaLabel="Copy the operation ID"
              copySuccessText="Copied"
              copyErrorText="Not copied"
            />
          </div>
        )}
      </SpaceBetween>
    </Alert>
  );
};

const FieldMistake = ({ error: { pointer, detail } }: { readonly error: FieldError }) => (
  <div>
    <strong>{describePointer(pointer)}</strong>: {detail}
  </div>
);
