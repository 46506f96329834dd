import { JobId } from '#events/names.ts';
import { parse } from '#events/problem.ts';
import { LogQuery } from '#events/requests.ts';
import type { Ports } from '#shared/clusters/ports.ts';
import { readJob, readJobs, readLog } from '#shared/clusters/reads.ts';
import { live } from '#shared/live.ts';

import { answer, placeOf } from './middleware/answers.ts';
import { http } from './middleware/http.ts';

/** What has to be asked of the cluster itself: its jobs and its log. */
export const jobsHandler = (ports: Ports) =>
  http().handler(async (event, _context, { signal }) => {
    const place = placeOf(event);
    if (event.routeKey.endsWith('/logs')) {
      const query = parse(LogQuery, event.queryStringParameters ?? {});
      return answer(200, { log: await readLog(place, query, ports, signal) });
    }
    const jobId = event.pathParameters?.['jobId'];
    return answer(
      200,
      jobId === undefined
        ? await readJobs(place, ports, signal)
        : await readJob(place, parse(JobId, jobId), ports, signal),
    );
  });

export const handler = jobsHandler(live);
