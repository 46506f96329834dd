import type { Simulation } from '#test/faults/simulation.ts';

export interface Metadata {
  readonly name: string;
  readonly uid: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly ownerReferences: readonly {
    readonly apiVersion: string;
    readonly kind: string;
    readonly name: string;
    readonly uid: string;
  }[];
  readonly creationTimestamp: string;
  readonly deletionTimestamp?: string;
}
export interface KubernetesObject {
  readonly kind: string;
  readonly metadata: Metadata;
  readonly spec?: unknown;
  readonly data?: Readonly<Record<string, string>>;
  readonly status?: unknown;
}

export type Objects = ReadonlyMap<string, KubernetesObject>;

const maxStalenessSeconds = 5;

/** The objects of a namespace by `kind/name`, now and some seconds ago. */
export class ModelObjects {
  readonly current = new Map<string, KubernetesObject>();
  private past: readonly { readonly until: number; readonly objects: Objects }[] = [];
  private uids = 0;
  private suffixes = 0;
  private readonly simulation: Simulation;
  private readonly random: () => number;

  constructor(simulation: Simulation, random: () => number) {
    this.simulation = simulation;
    this.random = random;
  }

  deployment(name: string): KubernetesObject | undefined {
    return this.current.get(`Deployment/${name}`);
  }

  ownedBy(uid: string): readonly (readonly [key: string, object: KubernetesObject])[] {
    return [...this.current].filter(([, { metadata }]) => metadata.ownerReferences.some((owner) => owner.uid === uid));
  }

  hasUid(uid: string): boolean {
    return [...this.current.values()].some(({ metadata }) => metadata.uid === uid);
  }

  put(object: KubernetesObject): void {
    this.remember();
    this.current.set(`${object.kind}/${object.metadata.name}`, object);
  }

  /** Removes an object, unless another one has its name by now. */
  drop(key: string, uid: string): void {
    if (this.current.get(key)?.metadata.uid !== uid) return;
    this.remember();
    this.current.delete(key);
  }

  newMetadata(given: Partial<Metadata> & { readonly name: string }): Metadata {
    return {
      labels: {},
      annotations: {},
      ownerReferences: [],
      ...given,
      uid: `uid-${(this.uids += 1)}`,
      creationTimestamp: this.timestamp(),
    };
  }

  /** The end of a name that a controller generates. */
  newSuffix(): string {
    return `5d4f8b7c9${(this.suffixes += 1)}`;
  }

  timestamp(): string {
    return new Date(this.simulation.now).toISOString();
  }

  /** The objects of a random moment within the last seconds. */
  stale(): Objects {
    const at = this.simulation.now - this.random() * maxStalenessSeconds * 1000;
    return this.past.find(({ until }) => until >= at)?.objects ?? this.current;
  }

  private remember(): void {
    const { now } = this.simulation;
    this.past = [
      ...this.past.filter(({ until }) => until >= now - maxStalenessSeconds * 1000),
      { until: now, objects: new Map(this.current) },
    ];
  }
}
