import type { Orphan } from '#events/orphan.ts';
import type { FieldError } from '#events/problem.ts';
import type {
  FlinkObject,
  ListedPod,
  ObjectName,
  Observation,
  ObservedDeployment,
} from '#shared/clusters/model/kubernetes.ts';
import type { Manifests } from '#shared/flink/manifests/manifests.ts';
import type { Transport } from '#shared/flink/rest/transport.ts';

/**
 * One target's Kubernetes.
 *
 * Every method throws Fault `target-unreachable` when no answer came or the server asked to wait, and `target-refused`
 * when it said no (which permission or access entry is missing is in the message).
 */
export interface Kubernetes {
  /**
   * Asks AWS where it is.
   *
   * @throws Fault `target-refused` with the reason `ResourceNotFoundException` when there is no such EKS cluster.
   */
  locate(): Promise<void>;
  /**
   * Creates the Deployment and, owned by it, the rest. Repeating it for the same operation finishes what is missing.
   *
   * @throws Fault `id-taken` when the name belongs to anybody else; nothing is touched then.
   * @throws Fault `refused-option` when the API server finds an object invalid.
   */
  apply(manifests: Manifests, operationId: string): Promise<{ readonly uid: string }>;
  /** What the API server would refuse of the objects; nothing is created. */
  dryRun(manifests: Manifests): Promise<readonly FieldError[]>;
  observe(clusterId: string): Promise<Observation>;
  /** Every Flink Deployment of the namespace. */
  deployments(): Promise<readonly ObservedDeployment[]>;
  /** Every pod of the namespace's Flink clusters. */
  pods(): Promise<readonly ListedPod[]>;
  /** Deletes the Deployment in the foreground, if it still has this uid. Gone already is done. */
  remove(clusterId: string, uid: string): Promise<void>;
  /** What is labelled with the cluster's id, or named after it, and still there. ConfigMaps without an owner are high availability's. */
  remaining(
    clusterId: string,
  ): Promise<{ readonly owned: readonly ObjectName[]; readonly highAvailability: readonly ObjectName[] }>;
  removeConfigMaps(names: readonly string[]): Promise<void>;
  /** The Deployments, Services and ConfigMaps of all Flink clusters of the namespace. */
  flinkObjects(): Promise<readonly FlinkObject[]>;
  /** Deletes an object if it still has this uid, with all that it owns. Gone already is done. */
  removeObject(object: Pick<Orphan, 'kind' | 'name' | 'uid'>): Promise<void>;
  /** The last lines of the JobManager's container; of the one before it, if `previous`. Undefined when there is none. */
  logs(
    clusterId: string,
    options: { readonly lines: number; readonly previous?: boolean },
  ): Promise<string | undefined>;
  /** Flink's REST API, through the service proxy of the API server. */
  flink(clusterId: string): Transport;
}
