import { openTable } from '#shared/aws/table/table.ts';
import type { ClusterManifests } from '#shared/flink/manifests/render-cluster.ts';
import type { FakeJob } from '#test/fakes/flink-jobs.ts';
import { jarBytes } from '#test/fakes/jars.ts';
import { FakeTable, type TableItem } from '#test/fakes/table.ts';
import { makeWorld, type World } from '#test/fakes/world.ts';

export const jar = 's3://bucket/uploads/local/1/job.jar';

/** The world of a unit test with the adapter of the table, so that records are read as a function reads them. */
export interface TableWorld extends World {
  readonly table: FakeTable;
}

export const makeTableWorld = (): TableWorld => {
  const world = makeWorld();
  const table = new FakeTable();
  Object.assign(
    world.ports,
    openTable({ table: 'table', db: table.call, now: world.ports.now, account: '000000000000' }),
  );
  world.jars.stored.set(jar, jarBytes);
  return { ...world, table };
};

/** Everything that a function of Drey may read when it handles an input, as JSON. */
export interface Surroundings {
  readonly now: string;
  readonly items: readonly TableItem[];
  readonly clusters: readonly {
    readonly clusterId: string;
    readonly uid: string;
    readonly operationId: string | undefined;
    readonly jobs: Readonly<Record<string, Pick<FakeJob, 'name' | 'state' | 'scaling'>>>;
    readonly jars: readonly string[];
  }[];
  /** By operation id. */
  readonly payloads: Readonly<Record<string, unknown>>;
  /** By operation id. Fixtures of versions without revisions have none. */
  readonly revisionSpecs?: Readonly<Record<string, unknown>>;
  /** By `target/name`. */
  readonly specs: Readonly<Record<string, unknown>>;
}

export const describeSurroundings = ({
  table,
  kubernetes,
  payloads,
  revisionSpecs,
  specs,
  ports,
}: TableWorld): Surroundings =>
  JSON.parse(
    JSON.stringify({
      now: ports.now().toISOString(),
      items: [...table.items.values()],
      clusters: [...kubernetes.clusters].map(([clusterId, { uid, operationId, flink }]) => ({
        clusterId,
        uid,
        operationId,
        jobs: Object.fromEntries(
          [...flink.jobs].map(([id, { name, state, scaling }]) => [
            id,
            { name, state, ...(scaling === undefined ? {} : { scaling: structuredClone(scaling) }) },
          ]),
        ),
        jars: [...flink.jars.keys()],
      })),
      payloads: toObject(payloads.stored),
      revisionSpecs: toObject(revisionSpecs.stored),
      specs: toObject(specs.stored),
    } satisfies Surroundings),
  ) as Surroundings;

const toObject = (stored: ReadonlyMap<string, string>) =>
  Object.fromEntries([...stored].map(([key, text]) => [key, JSON.parse(text) as unknown]));

const noManifests = { deployment: {}, dependents: [] } as unknown as ClusterManifests; // Only listed, never compared.

/** A world with these surroundings. */
export const restoreWorld = ({
  now,
  items,
  clusters,
  payloads,
  revisionSpecs = {},
  specs,
}: Surroundings): TableWorld => {
  const world = makeTableWorld();
  world.passTime((Date.parse(now) - world.ports.now().getTime()) / 1000);
  world.table.load(items);
  // The IDs of the records are taken.
  let ids = 0;
  Object.assign(world.ports, { newId: () => `f${(ids += 1).toString(16).padStart(31, '0')}` });
  for (const { clusterId, uid, operationId, jobs, jars } of clusters) {
    world.kubernetes.createByHand(clusterId);
    const cluster = Object.assign(world.kubernetes.cluster(clusterId), { uid, operationId, manifests: noManifests });
    for (const [id, job] of Object.entries(jobs)) cluster.flink.addJob(id, job);
    for (const id of jars) cluster.flink.jars.set(id, 1);
  }
  for (const [id, data] of Object.entries(payloads)) world.payloads.stored.set(id, JSON.stringify(data));
  for (const [id, data] of Object.entries(revisionSpecs)) world.revisionSpecs.stored.set(id, JSON.stringify(data));
  for (const [key, data] of Object.entries(specs)) world.specs.stored.set(key, JSON.stringify(data));
  return world;
};
