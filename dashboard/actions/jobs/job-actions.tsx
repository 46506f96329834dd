import ButtonDropdown from '@cloudscape-design/components/button-dropdown';
import { lazy, Suspense, useState } from 'react';

import type { Cluster } from '../../api/types.ts';
import { findJobRefusal, type JobAction, jobActions } from '../../model/clusters/availability.ts';
import type { JobRow } from '../../model/jobs/job-details.ts';
import type { JobDialogProps } from '../command-dialog.tsx';

const JobDialog = lazy(() => import('./job-dialogs.tsx'));

const texts: Readonly<Record<JobAction, string>> = {
  savepoint: 'Take a savepoint',
  checkpoint: 'Take a checkpoint',
  rescale: 'Rescale',
  apply: 'Apply another program',
  stop: 'Stop with a savepoint',
  cancel: 'Cancel',
};

interface JobActionsProps {
  /** The cluster of the job. */
  readonly cluster: Cluster;
  readonly job: Pick<JobRow, 'jobId' | 'name' | 'state' | 'operationId'>;
}

/** The menu of what a reader can do with a job, and the dialog of the chosen action. */
export const JobActions = ({ cluster, job }: JobActionsProps) => {
  const { target, clusterId } = cluster;
  // Another job may be selected while the dialog shows the progress of an apply, which ends the job.
  const [open, setOpen] = useState<{ readonly action: JobAction; readonly job: JobDialogProps['job'] }>();
  return (
    <>
      <ButtonDropdown
        ariaLabel={`Job actions of ${job.name}`}
        expandToViewport
        items={jobActions.map((action) => {
          const refusal = findJobRefusal(action, job, cluster);
          return {
            id: action,
            text: texts[action],
            disabled: refusal !== undefined,
            ...(refusal === undefined ? {} : { disabledReason: refusal }),
          };
        })}
        onItemClick={({ detail }) => {
          const action = jobActions.find((one) => one === detail.id);
          if (action !== undefined) setOpen({ action, job: { ...job, target, clusterId } });
        }}
      >
        Job actions
      </ButtonDropdown>
      {open === undefined ? null : (
        <Suspense fallback={null}>
          <JobDialog {...open} cluster={cluster} onClose={() => setOpen(undefined)} />
        </Suspense>
      )}
    </>
  );
};
