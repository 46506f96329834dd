import { JobId } from '#events/names.ts';
import { parse } from '#events/problem.ts';
import { LogQuery } from '#events/http/queries.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import { readJob, readJobs, readLog } from '#shared/clusters/queries/reads.ts';
import { live } from '#shared/live.ts';

import { answer, clusterRefOf } from './middleware/answers.ts';
import { http } from './middleware/http.ts';

/** What has to be asked of the cluster itself: its jobs and its log. */
export const jobsHandler = (ports: Ports) =>
  http().handler(async (event, _context, { signal }) => {
    const clusterRef = clusterRefOf(event);
    if (event.routeKey.endsWith('/logs')) {
      const query = parse(LogQuery, event.queryStringParameters ?? {});
      return answer(200, { log: await readLog(clusterRef, query, ports, signal) });
    }
    const jobId = event.pathParameters?.['jobId'];
    return answer(
      200,
      jobId === undefined
        ? await readJobs(clusterRef, ports, signal)
        : await readJob(clusterRef, parse(JobId, jobId), ports, signal),
    );
  });

export const handler = jobsHandler(live);
