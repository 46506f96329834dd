import { beforeEach, describe, expect, it } from 'vitest';

import { maxPageBytes, type Page, type PageRequest } from '#shared/clusters/model/page.ts';
import { plainTarget } from '#test/fakes/target-fixture.ts';

import { makeCluster, makeRun, makeSchedule } from './records.ts';
import { indexed, newTarget, type OpenStore, startClock, type StoreWorld } from './world.ts';

/** Records of a fourth of a megabyte. As many as this exceed what a response of the API holds. */
const recordBytes = 250_000;
const large = { count: 24, bytes: recordBytes };
const padding = 'x'.repeat(recordBytes);

interface List {
  /** Writes a record of this number, and returns its name. */
  readonly write: (world: StoreWorld, name: string, index: number) => Promise<string>;
  readonly read: (world: StoreWorld, name: string, page: PageRequest) => Promise<Page<string>>;
  /** Targets are few and small, because other tests of a system under test list them as well. */
  readonly size?: { readonly count: number; readonly bytes: number };
  readonly clear?: (world: StoreWorld, names: readonly string[]) => Promise<unknown>;
}

const toNames = <T>({ items, ...page }: Page<T>, nameOf: (item: T) => string): Page<string> => ({
  ...page,
  items: items.map(nameOf),
});

const lists: readonly (readonly [name: string, list: List])[] = [
  [
    'schedules',
    {
      write: async ({ store }, name, index) => {
        const schedule = makeSchedule(name, `s${String(index).padStart(3, '0')}`, padding);
        await store.commit({ schedule: { target: name, name: schedule.name, value: schedule, previous: undefined } });
        return schedule.name;
      },
      read: async ({ store }, name, page) => toNames(await store.schedules(name, page), (schedule) => schedule.name),
    },
  ],
  [
    'runs of a schedule',
    {
      write: async ({ store }, name, index) => {
        const runId = `2026-11-23T19:00:00.${String(index).padStart(3, '0')}Z`;
        const run = { ...makeRun(name, 'evening', runId), missed: padding };
        await store.commit({ run: { value: run, previous: undefined } });
        return runId;
      },
      read: async ({ store }, name, page) =>
        toNames(await store.runs({ target: name, name: 'evening' }, page), ({ runId }) => runId),
    },
  ],
  [
    'clusters',
    {
      write: async ({ store }, name) => {
        const { cluster, events } = makeCluster(name, { image: padding });
        await store.commit({ cluster: { value: cluster, previous: undefined }, events });
        return cluster.clusterId;
      },
      read: async ({ store }, name, page) =>
        toNames(
          await store.clusters(name, { ...page, states: ['REQUESTED', 'RUNNING'] }),
          ({ clusterId }) => clusterId,
        ),
    },
  ],
  [
    'targets',
    {
      write: async ({ targets }, name, index) => {
        await targets.put(`${name}-${index}`, { ...plainTarget, namespace: `${name}-${index}` });
        return `${name}-${index}`;
      },
      // Other tests have targets as well.
      read: async ({ targets }, name, page) => {
        const { items, ...rest } = await targets.list(page);
        return { ...rest, items: items.map((one) => one.name).filter((one) => one.startsWith(name)) };
      },
      size: { count: 7, bytes: 200 },
      clear: ({ targets }, names) => Promise.all(names.map((name) => targets.remove(name))),
    },
  ],
];

/** Lists that are longer than a response of the API. */
export const describePages = (open: OpenStore) =>
  describe.each(lists)('the list of %s', (_name, { write, read, size = large, clear }) => {
    const { count, bytes } = size;
    let world: StoreWorld;
    let name: string;
    beforeEach(async () => {
      world = await open(startClock().now);
      name = newTarget();
    });

    const readAll = async (limit: number) => {
      const pages: (readonly string[])[] = [];
      let cursor: string | undefined;
      do {
        const page = await read(world, name, { limit, cursor });
        pages.push(page.items);
        ({ cursor } = page);
      } while (cursor !== undefined && pages.length < 200);
      return pages;
    };

    it('is divided into pages that a response holds, and has each record once', async () => {
      const written: string[] = [];
      for (let index = 0; index < count; index += 1) written.push(await write(world, name, index));
      try {
        await expect.poll(async () => (await readAll(1_000)).flat().length, indexed).toBe(count);
        const pages = await readAll(1_000);

        expect(pages.flat().toSorted()).toEqual(written.toSorted());
        for (const page of pages) expect(page.length * bytes).toBeLessThan(maxPageBytes);
        const short = await readAll(5);
        expect(short.flat().toSorted()).toEqual(written.toSorted());
        for (const page of short) expect(page.length).toBeLessThanOrEqual(5);
      } finally {
        await clear?.(world, written);
      }
    });

    it('refuses a cursor that does not come from an earlier page', async () => {
      await expect(read(world, name, { limit: 2, cursor: 'nonsense' })).rejects.toMatchObject({
        code: 'malformed-request',
        errors: [{ pointer: '/cursor' }],
      });
    });
  });
