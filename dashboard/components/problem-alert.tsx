import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import CopyToClipboard from '@cloudscape-design/components/copy-to-clipboard';
import SpaceBetween from '@cloudscape-design/components/space-between';

import { toApiError } from '../api/client/problem.ts';
import { Message } from './message.tsx';

interface ProblemAlertProps {
  readonly error: unknown;
  readonly onRetry?: () => void;
}

/** A failed call: title, detail, each field error, the way out and the operation ID. */
export const ProblemAlert = ({ error, onRetry }: ProblemAlertProps) => {
  const { details, wayOut } = toApiError(error);
  const { title, detail, reason, errors = [], operationId } = details;
  return (
    <Alert
      type="error"
      header={title}
      action={onRetry === undefined ? undefined : <Button onClick={onRetry}>Retry</Button>}
    >
      <SpaceBetween size="xs">
        <div>
          {reason === undefined ? '' : `${reason}: `}
          <Message text={detail} />
        </div>
        {errors.length < 2 ? null : (
          <ul>
            {errors.map(({ pointer, detail: mistake }) => (
              <li key={pointer + mistake}>
                <Box variant="code">{pointer}</Box>: <Message text={mistake} />
              </li>
            ))}
          </ul>
        )}
        {wayOut === undefined ? null : (
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
