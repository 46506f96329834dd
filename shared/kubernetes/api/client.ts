import * as z from 'zod';

import { Fault } from '#events/problems/problem.ts';
import type { NamedTarget } from '#events/records/target.ts';
import type { Access } from '#shared/kubernetes/access/credentials.ts';
import { policies, repeat, type RetryPolicy } from '#shared/retries.ts';

import { answerTooLarge } from '#shared/flink/rest/transport/transport.ts';

import { type Exchange, exchangeOverTls, isConnected, isRepeatable, type Request } from './exchange.ts';
import { AnyObject } from './objects.ts';
import { type Answer, toRefusal } from './status.ts';

export interface Client {
  /** Opens a connection for the next request, unless one is kept. @throws as `send` does. */
  connect(): Promise<void>;
  /**
   * Sends a request and returns the answer, if its status is a success or an expected one.
   *
   * @throws Fault `target-unreachable`, `target-refused`, `refused-option` or `conflict` by the status;
   *   `deadline-exceeded` when the signal aborts first.
   */
  send(request: Request): Promise<Answer>;
  /** The object at a path; undefined when there is none. */
  get<S extends z.ZodType>(path: string, schema: S): Promise<z.output<S> | undefined>;
  /**
   * All objects of a list, from all of its pages.
   *
   * @throws Fault `target-refused` when the pages together are too large.
   */
  list<S extends z.ZodType>(path: string, schema: S, query: Query): Promise<readonly z.output<S>[]>;
  /** The objects of a list, page by page. */
  pages<S extends z.ZodType>(path: string, schema: S, query: Query): AsyncIterable<readonly z.output<S>[]>;
  /** The metadata of the objects of a list, page by page: without their specs, states and data. */
  pagesOfMetadata(path: string, query: Query): AsyncIterable<readonly AnyObject[]>;
  /** The rows of a list as `kubectl get` prints it, page by page: by the names of the columns. */
  pagesOfRows(path: string, query: Query): AsyncIterable<readonly Row[]>;
}

type Query = Readonly<Record<string, string>>;
export type Row = Readonly<Record<string, unknown>>;

/** The API server of one target, and the namespace that Drey uses there. */
export interface Api {
  readonly client: Client;
  readonly target: NamedTarget;
  /** The stage and the target, which no other stage has. */
  readonly owner: string;
}

interface ClientOptions {
  readonly access: Access;
  /** Ends all requests of the client. */
  readonly signal: AbortSignal;
  readonly policy?: RetryPolicy;
  readonly exchange?: Exchange;
  readonly sleep?: (ms: number, signal: AbortSignal) => Promise<void>;
  /** In `[0, 1)`. */
  readonly random?: () => number;
}

/** Whole objects have some 6 kB, their metadata 2 kB, and rows 0.3 kB. */
const pageSizes = { objects: 500, metadata: 1_000, rows: 5_000 } as const;
/** Whole objects are held in memory until all pages are read. */
const maxListBytes = 128_000_000;
const ListMetadata = z.object({ continue: z.string().optional() });
/** The items of a page have the schema of their list. Zod compiles each schema, so the page has one of its own. */
const Page = z.object({ items: z.array(z.unknown()), metadata: ListMetadata });
const TablePage = z.object({
  columnDefinitions: z.array(z.object({ name: z.string() })).default([]),
  rows: z.array(z.object({ cells: z.array(z.unknown()) })).nullish(),
  metadata: ListMetadata,
});
interface AnyPage {
  readonly metadata: { readonly continue?: string | undefined };
}
/** @see https://kubernetes.io/docs/reference/using-api/api-concepts/ */
const mediaTypes = {
  metadata: 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1',
  rows: 'application/json;as=Table;g=meta.k8s.io;v=v1',
} as const;

/** A client of the API server of one target. */
export const openClient = (target: NamedTarget, options: ClientOptions): Client => {
  const send: Client['send'] = (request) => sendWithRetries(request, target, options);

  const connect: Client['connect'] = async () => {
    const connection = await options.access.open(target, options.signal);
    if (options.exchange !== undefined || isConnected(connection)) return;
    // Every role may read the version. The answer does not matter.
    await send({ method: 'GET', path: '/version', expected: [403, 404] });
  };

  const get: Client['get'] = async (path, schema) => {
    const answer = await send({ method: 'GET', path, expected: [404] });
    return answer.status === 404 ? undefined : parseBody(answer.body, schema, { path, target });
  };

  const readPages = async function* <P extends AnyPage>(
    path: string,
    schema: z.ZodType<P>,
    { query, limit, accept }: { readonly query: Query; readonly limit: number; readonly accept?: string },
  ) {
    let next: string | undefined;
    do {
      const parameters = new URLSearchParams({
        ...query,
        limit: String(limit),
        ...(next === undefined ? {} : { continue: next }),
      });
      const request = { method: 'GET', path: `${path}?${parameters.toString()}` } as const;
      const { body, bytes = 0 } = await send(accept === undefined ? request : { ...request, accept });
      const page = parseBody(body, schema, { path, target });
      yield { page, bytes };
      next = page.metadata.continue;
    } while (next !== undefined && next !== '');
  };

  const list: Client['list'] = async (path, schema, query) => {
    const items: z.output<typeof schema>[] = [];
    let total = 0;
    for await (const { page, bytes } of readPages(path, Page, { query, limit: pageSizes.objects })) {
      total += bytes;
      if (total > maxListBytes) throw refuseList(path, target);
      items.push(...page.items.map((item) => parseBody(item, schema, { path, target })));
    }
    return items;
  };

  const pages: Client['pages'] = async function* (path, schema, query) {
    for await (const { page } of readPages(path, Page, { query, limit: pageSizes.objects }))
      yield page.items.map((item) => parseBody(item, schema, { path, target }));
  };

  const pagesOfMetadata: Client['pagesOfMetadata'] = async function* (path, query) {
    const options = { query, limit: pageSizes.metadata, accept: mediaTypes.metadata };
    for await (const { page } of readPages(path, Page, options))
      yield page.items.map((item) => parseBody(item, AnyObject, { path, target }));
  };

  const pagesOfRows: Client['pagesOfRows'] = async function* (path, query) {
    const options = { query: { ...query, includeObject: 'None' }, limit: pageSizes.rows, accept: mediaTypes.rows };
    let columns: readonly string[] = [];
    for await (const { page } of readPages(path, TablePage, options)) {
      // Only the first page names the columns.
      if (page.columnDefinitions.length > 0) columns = page.columnDefinitions.map(({ name }) => name);
      yield (page.rows ?? []).map(({ cells }) =>
        Object.fromEntries(columns.map((name, index) => [name, cells[index]])),
      );
    }
  };

  return { connect, send, get, list, pages, pagesOfMetadata, pagesOfRows };
};

const refuseList = (path: string, { cluster }: NamedTarget): Fault =>
  new Fault(
    'target-refused',
    `The list ${path} of EKS cluster ${cluster} is larger than ${maxListBytes / 1_000_000} MB, the maximum that Drey reads.`,
    { reason: answerTooLarge },
  );

const sendWithRetries = async (request: Request, target: NamedTarget, options: ClientOptions): Promise<Answer> => {
  const { policy = policies.kubernetes, signal, sleep, random } = options;
  let attempts = 0;
  try {
    const attempt = () => {
      attempts += 1;
      return sendExpected(request, target, options);
    };
    const answer = await repeat(attempt, {
      policy,
      isTransient: (error) => isRepeatable(request) && error instanceof Fault && error.code === 'target-unreachable',
      retryAfterMs: (error) => (error instanceof Fault ? (error.retryAfterSeconds ?? 0) : 0) * 1_000,
      signal,
      ...(sleep === undefined ? {} : { sleep }),
      ...(random === undefined ? {} : { random }),
    });
    return attempts > 1 ? { ...answer, isRepeated: true } : answer;
  } catch (error) {
    if (error instanceof Fault || !signal.aborted) throw error;
    const message = `EKS cluster ${target.cluster} did not answer before the time limit of the request. Retry later.`;
    throw new Fault('deadline-exceeded', message, { cause: error });
  }
};

/** @throws Fault when the status is neither a success nor an expected one. */
const sendExpected = async (request: Request, target: NamedTarget, options: ClientOptions): Promise<Answer> => {
  const answer = await sendAuthenticated(request, target, options);
  const isExpected =
    (answer.status >= 200 && answer.status < 300) || request.expected?.includes(answer.status) === true;
  if (!isExpected) throw toRefusal(answer, target);
  return answer;
};

/** Sends a request, and once more with a new token when the API server does not accept the token. */
const sendAuthenticated = async (
  request: Request,
  target: NamedTarget,
  { access, signal, exchange = exchangeOverTls }: ClientOptions,
): Promise<Answer> => {
  const answer = await exchange(request, {
    connection: await access.open(target, signal),
    target,
    access,
    signal,
  });
  if (answer.status !== 401) return answer;
  access.forget(target, 'token');
  // A stream can be read only once.
  if (request.stream !== undefined) return answer;
  return exchange(request, { connection: await access.open(target, signal), target, access, signal });
};

/** @throws Fault `target-refused` when the body does not match the schema. */
const parseBody = <S extends z.ZodType>(
  body: unknown,
  schema: S,
  { path, target }: { readonly path: string; readonly target: NamedTarget },
): z.output<S> => {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  throw new Fault('target-refused', `EKS cluster ${target.cluster} answered ${path} with an unexpected body.`, {
    cause: parsed.error,
  });
};
