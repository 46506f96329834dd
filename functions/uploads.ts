import { parse } from '#events/problem.ts';
import { UploadRequest } from '#events/http/uploads.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import { upload } from '#shared/clusters/queries/reads.ts';
import { live } from '#shared/live.ts';

import { answer, jsonBody, targetOf } from './middleware/answers.ts';
import { http } from './middleware/http.ts';

export const uploadsHandler = (ports: Ports) =>
  http().handler(async (event) => {
    const request = parse(UploadRequest, jsonBody(event));
    return answer(201, await upload(await ports.targets.get(targetOf(event)), request, ports.jars));
  });

export const handler = uploadsHandler(live);
