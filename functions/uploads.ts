import { parse } from '#events/problem.ts';
import { UploadRequest } from '#events/http/uploads.ts';
import type { World } from '#shared/clusters/ports/ports.ts';
import { upload } from '#shared/clusters/queries/reads.ts';
import { live } from '#shared/live.ts';

import { httpHandler } from './handlers/http.ts';
import { parseBody, parseTarget } from './handlers/requests.ts';
import { respond } from './handlers/responses.ts';

export const uploadsHandler = (world: World) =>
  httpHandler(world, async (event, ports) => {
    const request = parse(UploadRequest, parseBody(event));
    return respond(201, await upload(await ports.targets.get(parseTarget(event)), request, ports.jars));
  });

export const handler = uploadsHandler(live);
