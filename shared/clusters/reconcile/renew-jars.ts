import pMap from 'p-map';

import { isTerminalJob } from '#events/job.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import { programOf } from '#shared/clusters/restore/savepoint.ts';
import { listClusters } from '#shared/clusters/store/read.ts';

const atOnce = 8;

/** Keeps the jars of jobs that live: as long as a job does, and a while behind it, it can be started again. */
export const renewJars = async (ports: Ports): Promise<void> => {
  for (const { name } of await ports.targets.list()) {
    const clusters = await listClusters(name, ['RUNNING'], ports.store);
    const sessions = clusters.filter(({ mode }) => mode === 'session');
    await pMap(
      sessions,
      async (session) => {
        const jobs = (await ports.store.jobs(session)).map(({ value }) => value);
        for (const { jobId } of jobs.filter((job) => !isTerminalJob(job))) await keepJar(jobId, ports);
      },
      { concurrency: atOnce },
    );
  }
};

const keepJar = async (jobId: string, { store, jars, log }: Ports): Promise<void> => {
  const program = programOf((await store.operation(jobId))?.value);
  if (program === undefined) return;
  try {
    if (!(await jars.renew(program.jar))) log.warn('jar of a live job is gone', { jobId, jar: program.jar });
  } catch (error) {
    // The next hour does it.
    log.warn('jar not kept', { jobId, jar: program.jar, detail: String(error) });
  }
};
