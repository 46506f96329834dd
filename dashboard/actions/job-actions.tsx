import ButtonDropdown from '@cloudscape-design/components/button-dropdown';
import { lazy, Suspense, useState } from 'react';

import type { Cluster, Job } from '../api/types.ts';
import { findJobRefusal, type JobAction, jobActions } from '../model/availability.ts';

const JobDialog = lazy(() => import('./job-dialogs.tsx'));

const texts: Readonly<Record<JobAction, string>> = {
  savepoint: 'Take a savepoint',
  rescale: 'Rescale',
  stop: 'Stop with a savepoint',
  cancel: 'Cancel',
};

interface JobActionsProps {
  /** The cluster of the job. */
  readonly cluster: Cluster;
  readonly job: Pick<Job, 'jobId' | 'name'> & { readonly state: string };
}

/** The menu of what a reader can do with a job, and the dialog of the chosen action. */
export const JobActions = ({ cluster, job }: JobActionsProps) => {
  const { target, clusterId } = cluster;
  const [open, setOpen] = useState<JobAction>();
  return (
    <>
      <ButtonDropdown
        ariaLabel={`Actions of job ${job.name}`}
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
        onItemClick={({ detail }) => setOpen(jobActions.find((one) => one === detail.id))}
      >
        Actions
      </ButtonDropdown>
      {open === undefined ? null : (
        <Suspense fallback={null}>
          <JobDialog action={open} job={{ ...job, target, clusterId }} onClose={() => setOpen(undefined)} />
        </Suspense>
      )}
    </>
  );
};
