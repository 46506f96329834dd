import type { Orphan } from '#events/records/orphan.ts';

/** A Kubernetes object, by kind and name. */
export interface ObjectName {
  readonly kind: string;
  readonly name: string;
}

/** An object with the labels of a Flink cluster. */
export interface FlinkObject extends Pick<Orphan, 'kind' | 'name' | 'uid' | 'clusterId'> {
  /** Of a Deployment: the annotation that a deploy of Drey sets. */
  readonly operationId: string | undefined;
  /** Whether the garbage collector removes it with its Deployment. High-availability ConfigMaps have no owner. */
  readonly owned: boolean;
}

/** What Kubernetes reports about a Flink cluster. */
export interface Observation {
  readonly deployment: ObservedDeployment | undefined;
  readonly pods: readonly ObservedPod[];
  /** Warning events of its ReplicaSets and pods, newest first. */
  readonly warnings: readonly { readonly reason: string; readonly message: string; readonly at: string }[];
}

export interface ObservedDeployment {
  readonly clusterId: string;
  readonly uid: string;
  /** The annotation that a deploy of Drey sets. Undefined for a Deployment that something else created. */
  readonly operationId: string | undefined;
  readonly deleting: boolean;
  readonly readyReplicas: number;
}

/** Whether a Deployment is the one of a cluster, and stays. Another one may have its name. */
export const isDeploymentOf = (
  { uid }: { readonly uid?: string | undefined },
  deployment: ObservedDeployment | undefined,
): boolean => deployment?.deleting === false && deployment.uid === uid;

export interface ObservedPod {
  readonly name: string;
  readonly component: 'jobmanager' | 'taskmanager' | 'other';
  readonly phase: string;
  readonly ready: boolean;
  readonly restarts: number;
  /** When the pod was bound to a node, when the node began to pull its image, and when Flink's container last started. */
  readonly reached: { readonly scheduled?: string; readonly pulling?: string; readonly started?: string };
  /** Why the pod is not scheduled, or why Flink's container waits or has ended. */
  readonly trouble: PodTrouble | undefined;
  /** Why a container beside Flink's waits or has ended. It says nothing about Flink, but the pod is not ready. */
  readonly sidecarTrouble?: PodTrouble | undefined;
}

export interface PodTrouble {
  readonly reason: string;
  readonly message: string;
  /** The container that ended. */
  readonly container?: string;
  readonly exitCode?: number;
}

/** A pod with the id of its cluster. */
export interface ListedPod extends ObservedPod {
  readonly clusterId: string;
}
