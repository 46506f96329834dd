import { OperationId } from '#events/names.ts';
import { parse } from '#events/problem.ts';
import type { Ports } from '#shared/clusters/ports.ts';
import { readOperation } from '#shared/clusters/reads.ts';
import { live } from '#shared/live.ts';

import { answer } from './middleware/answers.ts';
import { http } from './middleware/http.ts';

export const operationHandler = (ports: Ports) =>
  http().handler(async (event) =>
    answer(200, await readOperation(parse(OperationId, event.pathParameters?.['operationId']), ports)),
  );

export const handler = operationHandler(live);
