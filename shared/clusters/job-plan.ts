import type { JobPlanRequest } from '#events/requests.ts';
import type { Place } from '#events/names.ts';
import { flinkRest } from '#shared/flink/rest.ts';

import type { Ports } from './ports.ts';
import { clusterAt } from './records.ts';
import { mustBeJar, mustRun, mustTakeJobs } from './submit.ts';

/**
 * The plan of a program, which a session makes by running main() as far as its first job. Nothing is left of it there.
 *
 * @throws Fault `program-failed` with the program's exception, `jar-refused`, and what keeps a session from taking jobs.
 */
export const planJob = async (
  place: Place,
  { jar, entryClass, args, parallelism }: JobPlanRequest,
  ports: Ports,
  signal: AbortSignal,
): Promise<unknown> => {
  const target = await ports.targets.get(place.target);
  const { value: cluster } = await clusterAt(place, ports.store);
  mustTakeJobs(cluster);
  mustRun(cluster);
  await mustBeJar(jar, target, ports.jars);
  const rest = flinkRest(ports.kubernetes(target).flink(place.clusterId));
  const { stream, bytes } = await ports.jars.open(jar, signal);
  const jarId = await rest.uploadJar({ name: jar.slice(jar.lastIndexOf('/') + 1), body: stream, bytes }, signal);
  try {
    const options = {
      programArgsList: args,
      ...(entryClass === undefined ? {} : { entryClass }),
      ...(parallelism === undefined ? {} : { parallelism }),
    };
    return await rest.plan(jarId, options, signal);
  } finally {
    await rest.deleteJar(jarId, signal);
  }
};
