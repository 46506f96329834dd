import type { Job } from '#events/records/job.ts';
import type { Change } from '#shared/clusters/model/records/records.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import { transact } from '#shared/clusters/store/transact.ts';

interface JobUpdate {
  readonly job: Job;
  /** The record of the snapshot that the job ends with. */
  readonly snapshot?: NonNullable<Change['snapshots']>[number] | undefined;
}

/** Changes the record of a job, and that of its snapshot in the same transaction. Undefined: nothing is to be changed. */
export const updateJob = (
  { target, clusterId, jobId }: Job,
  ports: Ports,
  update: (known: Job) => Promise<JobUpdate | undefined>,
): Promise<void> =>
  transact(ports, async () => {
    const known = await ports.store.job({ target, clusterId }, jobId);
    const updated = known === undefined ? undefined : await update(known.value);
    if (updated === undefined) return { result: undefined };
    const { job, snapshot } = updated;
    return {
      change: {
        jobs: [{ value: job, previous: known?.version }],
        ...(snapshot === undefined ? {} : { snapshots: [snapshot] }),
      },
      result: undefined,
    };
  });
