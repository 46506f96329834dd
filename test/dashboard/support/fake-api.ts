import { vi } from 'vitest';

import type { paths } from '../../../dashboard/api/schema.ts';
import type { Session } from '../../../dashboard/api/session.ts';
import type { Problem } from '../../../dashboard/api/types.ts';
import { makeQueue, makeSession, makeTarget } from './fixtures.ts';

type Method = 'get' | 'post' | 'put' | 'delete';

/** `GET /v1/targets`: the routes of the OpenAPI document. */
type Route = {
  [P in keyof paths]: { [M in Method]: paths[P][M] extends object ? `${Uppercase<M>} ${P}` : never }[Method];
}[keyof paths];

type OperationOf<R extends Route> = R extends `${infer M} ${infer P}`
  ? P extends keyof paths
    ? Lowercase<M> extends keyof paths[P]
      ? paths[P][Lowercase<M>]
      : never
    : never
  : never;

/** The body of the successful answer, by the OpenAPI document. */
type AnswerOf<R extends Route> =
  OperationOf<R> extends { responses: infer S }
    ? { [K in keyof S]: K extends 200 | 201 | 202 ? BodyOf<S[K]> : never }[keyof S]
    : never;

type BodyOf<A> = A extends { content: { 'application/json': infer B } } ? B : never;

/** A request that the page sent. */
export interface Sent {
  readonly method: string;
  readonly url: URL;
  /** The parameters of the path. */
  readonly path: Readonly<Record<string, string>>;
  readonly headers: Headers;
  readonly body: unknown;
}

/** What the API answers: a body by its type, or any response. */
export type Answers = { readonly [R in Route]?: (sent: Sent) => AnswerOf<R> | Response };

/** A problem as the API answers it. */
export const answerProblem = (problem: Problem): Response =>
  Response.json(problem, { status: problem.status, headers: { 'Content-Type': 'application/problem+json' } });

const defaults: Answers = {
  'GET /v1/targets': () => ({ targets: [makeTarget()] }),
  'GET /v1/targets/{target}/queue': ({ path }) => makeQueue({ target: path['target'] ?? '' }),
  'GET /v1/targets/{target}/clusters': () => ({ clusters: [] }),
  'GET /v1/targets/{target}/clusters/{clusterId}/events': () => ({ transitions: [], last: 0 }),
};

/** Replaces the network of the page. A route without an answer fails the call. Returns the requests that were sent. */
export const fakeApi = (
  answers: Answers = {},
  session: Session = makeSession(),
): { readonly sent: readonly Sent[] } => {
  const sent: Sent[] = [];
  const routes = Object.entries({ ...defaults, ...answers }).map(([route, answer]) => ({ route, answer }));
  vi.stubGlobal('fetch', async (input: string | Request, init?: RequestInit) => {
    const request = new Request(typeof input === 'string' ? new URL(input, location.origin) : input, init);
    const url = new URL(request.url);
    if (url.pathname === '/session.json') return Response.json(session);
    for (const { route, answer } of routes) {
      const path = match(route, request.method, url.pathname);
      if (path === undefined) continue;
      const text = await request.text();
      const one = {
        method: request.method,
        url,
        path,
        headers: request.headers,
        body: text === '' ? undefined : JSON.parse(text),
      };
      sent.push(one);
      const body = answer(one);
      return body instanceof Response ? body : Response.json(body);
    }
    throw new TypeError(`No answer for ${request.method} ${url.pathname}`);
  });
  return { sent };
};

/** The parameters of a path that has the form of the route. */
const match = (route: string, method: string, pathname: string): Record<string, string> | undefined => {
  const [routeMethod = '', pattern = ''] = route.split(' ');
  if (routeMethod !== method) return undefined;
  const expected = pattern.split('/');
  const actual = pathname.split('/').map(decodeURIComponent);
  const hasRest = expected.at(-1) === '{proxy}';
  if (hasRest ? actual.length < expected.length : expected.length !== actual.length) return undefined;
  const found: Record<string, string> = {};
  for (const [index, part] of expected.entries()) {
    const value = part === '{proxy}' ? actual.slice(index).join('/') : (actual[index] ?? '');
    if (part.startsWith('{')) found[part.slice(1, -1)] = value;
    else if (part !== value) return undefined;
  }
  return found;
};
