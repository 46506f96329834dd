import { parse } from '#events/problem.ts';
import { ClusterQuery } from '#events/http/queries.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import { readClusters } from '#shared/clusters/queries/reads.ts';
import { live } from '#shared/live.ts';

import { answer, targetOf } from './middleware/answers.ts';
import { http } from './middleware/http.ts';

export const clustersHandler = (ports: Ports) =>
  http().handler(async (event) => {
    const { state, mode, label, cursor, limit } = parse(ClusterQuery, event.queryStringParameters ?? {});
    const page = await readClusters(targetOf(event), { states: state, mode, labels: label, cursor, limit }, ports);
    return answer(200, { clusters: page.items, cursor: page.cursor });
  });

export const handler = clustersHandler(live);
