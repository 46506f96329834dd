import Box from '@cloudscape-design/components/box';
import Steps, { type StepsProps } from '@cloudscape-design/components/steps';

import type { Operation } from '../../api/types.ts';
import { Duration, Time } from '../../components/time.tsx';
import { listSteps, type Step } from '../../model/operations/operations.ts';

const looks: Readonly<Record<Step['state'], { readonly status: StepsProps.Status; readonly label: string }>> = {
  done: { status: 'success', label: 'done' },
  current: { status: 'in-progress', label: 'in progress' },
  failed: { status: 'error', label: 'failed' },
  canceled: { status: 'stopped', label: 'canceled' },
};

/** What an operation has done, when, and how long each step took. */
export const OperationSteps = ({ operation }: { readonly operation: Operation }) => (
  <div aria-live="polite">
    <Steps
      ariaLabel="Steps"
      steps={listSteps(operation).map((step) => ({
        status: looks[step.state].status,
        statusIconAriaLabel: looks[step.state].label,
        header: step.name,
        details: <StepDetails step={step} />,
      }))}
    />
  </div>
);

const StepDetails = ({ step: { state, at, since, detail } }: { readonly step: Step }) => (
  <Box color="text-body-secondary" fontSize="body-s">
    {state === 'current' ? (
      <>
        for <Duration from={at} />
        {detail === undefined || detail === '' ? null : <div style={{ overflowWrap: 'anywhere' }}>{detail}</div>}
      </>
    ) : (
      <>
        <Time value={at} />
        {since === undefined ? null : (
          <>
            , after <Duration from={since} to={at} />
          </>
        )}
      </>
    )}
  </Box>
);
