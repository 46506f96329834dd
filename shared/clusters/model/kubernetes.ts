import { Fault, type FieldError } from '#events/problems/problem.ts';
import type { Orphan } from '#events/records/orphan.ts';

/** A Kubernetes object. A deletion names its uid, so that it deletes no other one of the name. */
export interface ExactObject {
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
}

/** A ConfigMap of Flink's high availability. No Deployment owns it. */
export interface HighAvailabilityData extends ExactObject {
  /** When the API server created it, in whole seconds. */
  readonly createdAt: string;
}

/** What Flink's high availability keeps of a job. */
export interface StoredCheckpoints {
  /** Number of the last complete checkpoint, or of the snapshot that the job was restored from. Undefined: there is none. */
  readonly last: number | undefined;
}

const takenPointer = '/clusterId';

/** What a dry run reports about an object whose name is taken. */
export const newTakenError = (kind: string, name: string): FieldError => ({
  pointer: takenPointer,
  detail: `${kind} ${name} already exists.`,
});

/** The errors of a dry run without taken names, which the incarnation that is to end has. */
export const withoutTaken = (errors: readonly FieldError[]): FieldError[] =>
  errors.filter(({ pointer }) => pointer !== takenPointer);

/** One deploy of a cluster. Its objects are known by it, not by their names or labels. */
export interface Incarnation {
  /** The deploy. */
  readonly operationId: string;
  /** The uid of its Deployment. Undefined: it is not known that the Deployment exists. */
  readonly uid?: string | undefined;
}

/** The objects of an incarnation that exist. */
export interface Remains {
  readonly owned: readonly ExactObject[];
  /** The ConfigMaps that Flink's high availability keeps for the cluster ID. */
  readonly highAvailability: readonly HighAvailabilityData[];
}

/** What a removal has found. Its objects are deleted, but may still exist, and keep others waiting. */
export interface Removal extends Remains {
  /** Whether another Deployment has the name. The high-availability data is its own by now. */
  readonly isReplaced: boolean;
}

/** The Deployment that a deploy has created. */
export interface Applied {
  readonly uid: string;
  /** Its creation, or that of an object that it owns, was sent again, so the API server may still execute an earlier request that it did not answer. */
  readonly isRepeated?: true;
}

/** Why the objects of a Deployment could not be created. The Deployment exists, and its pods with it. */
export class IncompleteDeployment extends Fault {
  readonly uid: string;

  constructor({ code, message, errors, reason, retryAfterSeconds, cause }: Fault, uid: string) {
    super(code, message, { errors, reason, retryAfterSeconds, cause });
    this.uid = uid;
  }
}

/** An object with the labels of a Flink cluster. */
export interface FlinkObject extends Pick<Orphan, 'kind' | 'name' | 'uid' | 'clusterId'> {
  /** Of a Deployment: the annotation that a deploy of Drey sets. */
  readonly operationId: string | undefined;
  /** Whether another stage or target of Drey created it. */
  readonly foreign: boolean;
  /**
   * The uid of the Deployment of the cluster with which the garbage collector removes it. Undefined for a Deployment, and
   * for high-availability data.
   */
  readonly ownerUid: string | undefined;
}

/** What Kubernetes reports about a Flink cluster. */
export interface Observation {
  readonly deployment: ObservedDeployment | undefined;
  readonly pods: readonly ObservedPod[];
  /** Warning events of the JobManager's pods, or of its ReplicaSets while there is no pod. Newest first; none when one is ready. */
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

/** A Deployment of a list, which has only its metadata. */
export type ListedDeployment = Omit<ObservedDeployment, 'readyReplicas'>;

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
  /** SHA-256 of the image of Flink's container: `sha256:` and 64 hexadecimal digits. Undefined before it is pulled. */
  readonly imageDigest?: string | undefined;
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

/** A pod of a list, with what tells whose it is. */
export interface ListedPod extends ObservedPod {
  /** Undefined for the pods of TaskManagers, which the JobManager creates. */
  readonly operationId: string | undefined;
  /** The uids of the objects that own it. */
  readonly ownerUids: readonly string[];
}
