import Alert from '@cloudscape-design/components/alert';
import SpaceBetween from '@cloudscape-design/components/space-between';

import { ApiError } from '../api/client/problem.ts';
import type { Operation } from '../api/types.ts';
import { operationPath } from '../app/paths.ts';
import { ViewLink } from '../app/links.tsx';
import { Message } from './message.tsx';
import { ProblemAlert } from './problem-alert.tsx';
import { StateBadge } from './state-badge.tsx';

/** How far an operation is, and why it failed. It continues when the dialog is closed. */
export const OperationProgress = ({ operation }: { readonly operation: Operation }) => {
  const { target, operationId, state, phase, position, problem, warnings = [] } = operation;
  return (
    <SpaceBetween size="s">
      <div aria-live="polite">
        <StateBadge kind="operation" state={state} />
        {position === undefined ? '' : ` Position ${position} in the queue.`} {phase}
      </div>
      <div>
        Operation <ViewLink href={operationPath(target, operationId)}>{operationId}</ViewLink>
      </div>
      {warnings.map((warning) => (
        <Alert key={warning} type="warning">
          <Message text={warning} />
        </Alert>
      ))}
      {problem === undefined ? null : <ProblemAlert error={new ApiError({ ...problem, operationId })} />}
    </SpaceBetween>
  );
};
