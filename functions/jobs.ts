import { LogQuery } from '#events/http/queries.ts';
import { parse } from '#events/problems/problem.ts';
import { observeJobs } from '#shared/clusters/jobs/observe-jobs.ts';
import { cutPage } from '#shared/clusters/model/page.ts';
import type { World } from '#shared/clusters/ports/ports.ts';
import { readFlinkUi } from '#shared/clusters/queries/flink-ui.ts';
import { readJob } from '#shared/clusters/queries/jobs.ts';
import { listKeptLogs } from '#shared/clusters/queries/kept-logs.ts';
import { readLog } from '#shared/clusters/queries/logs.ts';
import { keptLogs, kubernetes, table } from '#shared/live/adapters.ts';
import { openWorld } from '#shared/live/world.ts';

import { parseUiRequest, respondUi } from './handlers/flink-ui.ts';
import { routesHandler } from './handlers/http.ts';
import { parseClusterRef, parsePage, parsePathParameter } from './handlers/requests.ts';
import { renderPage, respond } from './handlers/responses.ts';

/** The jobs and the logs of a cluster, as its pods have them now, and the logs that are kept. */
export const jobsHandler = (world: World) =>
  routesHandler(world, {
    'GET /v1/targets/{target}/clusters/{clusterId}/jobs': async (event, ports) => {
      const page = parsePage(event);
      const { jobs, reachable } = await observeJobs(parseClusterRef(event), ports);
      return respond(200, { ...renderPage('jobs', cutPage(jobs, page)), reachable });
    },

    'GET /v1/targets/{target}/clusters/{clusterId}/jobs/{jobId}': async (event, ports) => {
      const jobRef = { ...parseClusterRef(event), jobId: parsePathParameter('jobId', event) };
      return respond(200, await readJob(jobRef, ports));
    },

    'GET /v1/targets/{target}/clusters/{clusterId}/logs': async (event, ports) => {
      const clusterRef = parseClusterRef(event);
      const query = parse(LogQuery, event.queryStringParameters ?? {});
      return respond(200, await readLog(clusterRef, query, ports));
    },

    'GET /v1/targets/{target}/clusters/{clusterId}/flink/{proxy+}': async (event, ports) => {
      const cluster = parseClusterRef(event);
      const { path, query } = parseUiRequest(event);
      return respondUi(await readFlinkUi({ cluster, path, query }, ports), { cluster, path });
    },
    'GET /v1/targets/{target}/clusters/{clusterId}/kept-logs': async (event, ports) =>
      respond(200, renderPage('incarnations', await listKeptLogs(parseClusterRef(event), parsePage(event), ports))),
  });

export const handler = jobsHandler(openWorld<'jobs'>({ table, kubernetes, keptLogs }));
