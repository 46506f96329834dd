import * as z from 'zod';

import { Fault } from '#events/problems/problem.ts';
import type { NamedTarget } from '#events/records/target.ts';
import { answerTooLarge } from '#shared/flink/rest/transport/transport.ts';

import type { Request } from './exchange.ts';
import { AnyObject } from './objects.ts';
import { parseBody } from './parse-body.ts';
import type { Answer } from './status.ts';

/** The lists of an API server. */
export interface Lists {
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

/** Whole objects have some 6 kB, their metadata 2 kB, and rows 0.3 kB. */
const pageSizes = { objects: 500, metadata: 1_000, rows: 5_000 } as const;
/** Whole objects are held in memory until all pages are read. */
const maxListBytes = 128_000_000;

const ListMetadata = z.object({ continue: z.string().optional() });
/** The items of a page have the schema of their list. Zod compiles each schema, so the page has one of its own. */
const Page = z.object({
  /** An empty list of metadata has `null`. */
  items: z
    .array(z.unknown())
    .nullable()
    .transform((items) => items ?? []),
  metadata: ListMetadata,
});
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

interface Source {
  readonly send: (request: Request) => Promise<Answer>;
  readonly target: NamedTarget;
}

export const openLists = (source: Source): Lists => {
  const { target } = source;
  return {
    async list(path, schema, query) {
      const items: z.output<typeof schema>[] = [];
      let total = 0;
      for await (const { page, bytes } of readPages(path, Page, { query, limit: pageSizes.objects, source })) {
        total += bytes;
        if (total > maxListBytes) throw refuseList(path, target);
        items.push(...page.items.map((item) => parseBody(item, schema, { path, target })));
      }
      return items;
    },

    async *pages(path, schema, query) {
      for await (const { page } of readPages(path, Page, { query, limit: pageSizes.objects, source }))
        yield page.items.map((item) => parseBody(item, schema, { path, target }));
    },

    async *pagesOfMetadata(path, query) {
      const options = { query, limit: pageSizes.metadata, accept: mediaTypes.metadata, source };
      for await (const { page } of readPages(path, Page, options))
        yield page.items.map((item) => parseBody(item, AnyObject, { path, target }));
    },

    async *pagesOfRows(path, query) {
      const rows = { query: { ...query, includeObject: 'None' }, limit: pageSizes.rows, accept: mediaTypes.rows };
      let columns: readonly string[] = [];
      for await (const { page } of readPages(path, TablePage, { ...rows, source })) {
        // Only the first page names the columns.
        if (page.columnDefinitions.length > 0) columns = page.columnDefinitions.map(({ name }) => name);
        yield (page.rows ?? []).map(({ cells }) =>
          Object.fromEntries(columns.map((name, index) => [name, cells[index]])),
        );
      }
    },
  };
};

interface PageOptions {
  readonly query: Query;
  readonly limit: number;
  readonly accept?: string;
  readonly source: Source;
}

const readPages = async function* <P extends AnyPage>(
  path: string,
  schema: z.ZodType<P>,
  { query, limit, accept, source: { send, target } }: PageOptions,
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

const refuseList = (path: string, { cluster }: NamedTarget): Fault =>
  new Fault(
    'target-refused',
    `The list ${path} of EKS cluster ${cluster} is larger than ${maxListBytes / 1_000_000} MB, the maximum that Drey reads.`,
    { reason: answerTooLarge },
  );
