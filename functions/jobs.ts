import { JobId } from '#events/names.ts';
import { parse } from '#events/problem.ts';
import { LogQuery } from '#events/http/queries.ts';
import type { World } from '#shared/clusters/ports/ports.ts';
import { readJob, readJobs, readLog } from '#shared/clusters/queries/reads.ts';
import { live } from '#shared/live.ts';

import { httpHandler } from './handlers/http.ts';
import { parseClusterRef } from './handlers/requests.ts';
import { respond } from './handlers/responses.ts';

/** What has to be asked of the cluster itself: its jobs and its log. */
export const jobsHandler = (world: World) =>
  httpHandler(world, async (event, ports) => {
    const clusterRef = parseClusterRef(event);
    if (event.routeKey.endsWith('/logs')) {
      const query = parse(LogQuery, event.queryStringParameters ?? {});
      return respond(200, { log: await readLog(clusterRef, query, ports) });
    }
    const jobId = event.pathParameters?.['jobId'];
    return respond(
      200,
      jobId === undefined ? await readJobs(clusterRef, ports) : await readJob(clusterRef, parse(JobId, jobId), ports),
    );
  });

export const handler = jobsHandler(live);
