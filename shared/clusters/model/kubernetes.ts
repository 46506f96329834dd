import type { Orphan } from '#events/orphan.ts';

/** An object in the cluster, by kind and name. */
export interface ObjectName {
  readonly kind: string;
  readonly name: string;
}

/** An object that is labelled as a Flink cluster's. */
export interface FlinkObject extends Pick<Orphan, 'kind' | 'name' | 'uid' | 'clusterId'> {
  /** Of a Deployment: the annotation that a deploy of Drey's leaves. */
  readonly operationId: string | undefined;
  /** Whether it goes with its Deployment. What high availability keeps does not. */
  readonly owned: boolean;
}

/** What Kubernetes knows of a Flink cluster. */
export interface Observation {
  readonly deployment: ObservedDeployment | undefined;
  readonly pods: readonly ObservedPod[];
  /** Warnings about its ReplicaSets and pods, newest first. */
  readonly warnings: readonly { readonly reason: string; readonly message: string; readonly at: string }[];
}

export interface ObservedDeployment {
  readonly clusterId: string;
  readonly uid: string;
  /** Of the annotation that a deploy of Drey's leaves. */
  readonly operationId: string | undefined;
  readonly deleting: boolean;
  readonly readyReplicas: number;
}

export interface ObservedPod {
  readonly name: string;
  readonly component: 'jobmanager' | 'taskmanager' | 'other';
  readonly phase: string;
  readonly ready: boolean;
  readonly restarts: number;
  /** When it had a node, when the node began to fetch its image, and when Flink's container was started last. */
  readonly reached: { readonly scheduled?: string; readonly pulling?: string; readonly started?: string };
  /** Why it is not scheduled, or why its container waits or ended. */
  readonly trouble: { readonly reason: string; readonly message: string; readonly exitCode?: number } | undefined;
}

/** A pod of a list, and the cluster that it is of. */
export interface ListedPod extends ObservedPod {
  readonly clusterId: string;
}
