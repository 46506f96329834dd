import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';

import { afterAll, beforeAll } from 'vitest';

import { type ApiFunction, calls } from '#events/http/api.ts';
import { apiHandlers } from '#test/fakes/api-handlers.ts';
import { callHandler, makeHttpEvent } from '#test/fakes/lambda.ts';
import { makeWorld, runQueues } from '#test/fakes/world.ts';
import { drey, type Ended } from '#test/unit/cli/drey.ts';
import { problem } from '#test/unit/cli/loopback-api.ts';

/** The route of a request, with the values of its path. */
const findRoute = (method: string, path: string) => {
  for (const route of Object.keys(calls)) {
    const pattern = route.replaceAll(/\{(\w+)\+?\}/g, '(?<$1>[^/]+)');
    const match = new RegExp(`^${pattern}$`).exec(`${method} ${path}`);
    if (match !== null)
      return {
        route,
        parameters: Object.fromEntries(
          Object.entries(match.groups ?? {}).map(([name, value]) => [name, decodeURIComponent(value)]),
        ),
      };
  }
  return undefined;
};

/** Serves the functions of the API. A command that is accepted ends there, so that no client waits for its result. */
const startApi = async () => {
  const world = makeWorld();
  const send = async (method: string, url: URL, body: string) => {
    const found = findRoute(method, url.pathname);
    if (found === undefined) return problem('not-found', 404, `There is no ${url.pathname}.`);
    const handler = apiHandlers[calls[found.route]?.function as ApiFunction](world.ports); // of the table
    const query = Object.fromEntries(url.searchParams);
    const { status, body: answer } = await callHandler(
      handler,
      makeHttpEvent(found.route, found.parameters, { body, query }),
    );
    return method !== 'GET' && status < 400
      ? problem('conflict', 422, 'The end of the test.')
      : { status, body: answer };
  };
  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? '', 'http://loopback');
    const { status = 200, body } = await send(request.method ?? '', url, await text(request));
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const session = { body: JSON.stringify({ mode: 'session', clusterId: 'etl' }) };
  const deploy = makeHttpEvent('POST /v1/targets/{target}/clusters', { target: 'local' }, session);
  await callHandler(apiHandlers.deploy(world.ports), deploy);
  await world.workflows.runAll(world.ports);
  await runQueues(world);
  return server;
};

/** Runs `drey` against the functions of the API, with target `local` and session `etl`. */
export const useApi = () => {
  let server: Awaited<ReturnType<typeof startApi>>;
  beforeAll(async () => {
    server = await startApi();
  });
  afterAll(() => server.close());
  return (words: readonly string[]): Promise<Ended> => {
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    return drey(words, { api: `http://127.0.0.1:${port}` });
  };
};
