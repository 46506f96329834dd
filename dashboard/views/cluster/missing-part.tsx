import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';

import { toApiError } from '../../api/client/problem.ts';
import { Message } from '../../components/message.tsx';
import { ProblemAlert } from '../../components/problem-alert.tsx';

/** Problems that say that something is not there, which is no failure of the page. Nor is it that the reader may not see it. */
const expected: ReadonlySet<string> = new Set([
  'not-found',
  'wrong-state',
  'not-ready',
  'flink-ui-disabled',
  'malformed-request',
]);

/** What to do about these is advice for a command, which the reader has not sent. */
const isGone = (code: string | undefined): boolean => code === 'not-found' || code === 'wrong-state';

interface MissingPartProps {
  /** What is missing: `The details of the jobs`. */
  readonly what: string;
  readonly error: Error | null;
  readonly onRetry: () => unknown;
}

/** Says that a part of the view is not there, and why. Nothing without an error. */
export const MissingPart = ({ what, error, onRetry }: MissingPartProps) => {
  if (error === null) return null;
  const { details, wayOut } = toApiError(error);
  if (details.status !== 403 && !expected.has(details.code ?? ''))
    return <ProblemAlert error={error} onRetry={() => void onRetry()} />;
  return (
    <Alert
      type="info"
      header={`${what} are not available`}
      action={<Button onClick={() => void onRetry()}>Retry</Button>}
    >
      <Message text={[details.detail, isGone(details.code) ? '' : wayOut].filter(Boolean).join(' ')} />
    </Alert>
  );
};
