import pMap from 'p-map';

import type { Cluster } from '#events/records/cluster.ts';
import { isTerminalJob, type Job } from '#events/records/job.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import { findProgram } from '#shared/clusters/restore/program.ts';
import { listClusters } from '#shared/clusters/store/read.ts';

const maxSessionsAtOnce = 8;

/**
 * Renews the jars, arguments and options of live jobs, and of the jobs that a suspended session starts again, so that a job can
 * be restored while it runs and for some time afterwards.
 */
export const renewJars = async (ports: Ports): Promise<void> => {
  for (const name of await ports.targets.listNames()) {
    const clusters = await listClusters(name, ['RUNNING', 'SUSPENDED'], ports);
    const sessions = clusters.filter(({ mode }) => mode === 'session');
    await pMap(
      sessions,
      async (session) => {
        const jobs = (await ports.store.jobs(session)).map(({ value }) => value);
        // A job that Drey did not start has no operation, whatever its id.
        const submitIds = jobs.flatMap((job) =>
          isTerminalJob(job) && !isSuspendedWith(session, job) ? [] : (job.operationId ?? []),
        );
        for (const submitId of submitIds) await renewJar(submitId, ports);
      },
      { concurrency: maxSessionsAtOnce },
    );
  }
};

/** Whether a suspended session starts the job again when it is resumed. */
const isSuspendedWith = (session: Cluster, job: Job): boolean =>
  session.state === 'SUSPENDED' &&
  job.clusterOperationId === (session.jobsFrom ?? session.operationId) &&
  job.stoppedWithCluster === true;

const renewJar = async (submitId: string, { store, jars, payloads, log, metrics }: Ports): Promise<void> => {
  const program = findProgram((await store.operation(submitId))?.value);
  if (program === undefined) return;
  const { jar } = program;
  try {
    if (!(await payloads.renew(submitId))) log.warn('arguments of live job expired', { jobId: submitId });
    if (jar !== undefined && !(await jars.renew(jar))) log.warn('jar of live job expired', { jobId: submitId, jar });
  } catch (error) {
    // The next hour tries again.
    log.warn('jar not renewed', { jobId: submitId, jar, detail: String(error) });
    metrics.record('FailedMaintenance', { fields: { part: 'jars', jobId: submitId, jar } });
  }
};
