import { ClusterQuery } from '#events/http/queries.ts';
import { parse } from '#events/problems/problem.ts';
import type { World } from '#shared/clusters/ports/ports.ts';
import { addJobs } from '#shared/clusters/queries/cluster-jobs.ts';
import { readClusters } from '#shared/clusters/queries/clusters.ts';
import { table } from '#shared/live/adapters.ts';
import { openWorld } from '#shared/live/world.ts';

import { routesHandler } from './handlers/http.ts';
import { parseTarget } from './handlers/requests.ts';
import { renderPage, respond } from './handlers/responses.ts';

export const clustersHandler = (world: World) =>
  routesHandler(world, {
    'GET /v1/targets/{target}/clusters': async (event, ports) => {
      const { state, mode, label, jobs, cursor, limit } = parse(ClusterQuery, event.queryStringParameters ?? {});
      const page = await readClusters(parseTarget(event), { states: state, mode, labels: label, cursor, limit }, ports);
      return respond(200, renderPage('clusters', jobs ? await addJobs(page, ports) : page));
    },
  });

export const handler = clustersHandler(openWorld<'clusters'>({ table }));
