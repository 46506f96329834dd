import type { NamespaceFacts } from '#shared/clusters/model/target-check/facts.ts';
import type { Right } from '#shared/clusters/model/target-check/rights.ts';
import type { Rule } from '#shared/clusters/model/target-check/roles.ts';

/** Reads who Drey is in the EKS cluster of a target, who may do what there, and what protects the namespace. */
export interface Inspection {
  /** The ARN of the role session with which Drey reaches the target, as STS reports it. */
  getCallerArn(): Promise<string>;
  /** The user that the API server takes Drey for. */
  getUser(): Promise<{ readonly username: string; readonly groups: readonly string[] }>;
  /**
   * Whether Drey has each of the rights. With `serviceAccount`, whether that account of the namespace has it: undefined
   * when Drey may not ask that.
   */
  reviewRights(rights: readonly Right[], serviceAccount?: string): Promise<readonly boolean[] | undefined>;
  /** The rules of Roles that apply to Drey in the namespace. Access policies of EKS are not among them. */
  listOwnRules(): Promise<readonly Rule[]>;
  /** Whether the namespace has the service account. Undefined when Drey may not read it. */
  hasServiceAccount(name: string): Promise<boolean | undefined>;
  readNamespace(): Promise<NamespaceFacts>;
}
