import type { CommandRoute } from '../../api/types.ts';

/** A cluster of a target. */
export interface ClusterRef {
  readonly target: string;
  readonly clusterId: string;
}

export interface JobRef extends ClusterRef {
  readonly jobId: string;
}

export interface SnapshotRef extends ClusterRef {
  readonly snapshotId: string;
}

/** A command for a cluster, a job or a snapshot: the request, and the words after `drey` that send the same one. */
export interface ActionCommand {
  readonly words: readonly string[];
  /** Default: POST. */
  readonly method?: 'PUT';
  readonly route: CommandRoute;
  readonly path: ClusterRef | JobRef | SnapshotRef;
  /** Members that have their default value are left out. */
  readonly body: object;
}

export const clusterRoute = '/v1/targets/{target}/clusters/{clusterId}';
export const jobRoute = '/v1/targets/{target}/clusters/{clusterId}/jobs/{jobId}';

/** Undefined: the text is empty. */
export const toMember = (text: string): string | undefined => (text.trim() === '' ? undefined : text.trim());

/** The words of an option that has a value. */
export const toOption = (name: string, value: string | undefined): readonly string[] =>
  value === undefined ? [] : [name, value];

/** The cluster as `drey run` and the commands of jobs name it. */
export const atCluster = ({ target, clusterId }: ClusterRef): readonly string[] => [
  '--at',
  target,
  `-Dkubernetes.cluster-id=${clusterId}`,
];

/** The members that have a value. */
export const omitMissing = <T extends object>(members: T): { [K in keyof T]?: Exclude<T[K], undefined> } =>
  // Only members without a value are left out, which the compiler cannot infer.
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
