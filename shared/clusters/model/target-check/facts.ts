/** What the API server says about a namespace, as far as a check reads it. */

/** Selects by labels. An empty one selects everything. */
export interface Selector {
  readonly matchLabels?: Readonly<Record<string, string>> | undefined;
  readonly matchExpressions?: readonly unknown[] | undefined;
}

export interface Peer {
  readonly podSelector?: Selector | undefined;
  readonly namespaceSelector?: Selector | undefined;
  readonly ipBlock?: { readonly cidr: string; readonly except?: readonly string[] | undefined } | undefined;
}

export interface NetworkPolicy {
  readonly name: string;
  readonly podSelector: Selector;
  readonly policyTypes: readonly string[];
  /** Whom each rule admits. An empty list is everybody. */
  readonly ingress: readonly (readonly Peer[])[];
  readonly egress: readonly (readonly Peer[])[];
}

/** What protects a namespace. A member is undefined when Drey may not read it. */
export interface NamespaceFacts {
  readonly labels: Readonly<Record<string, string>> | undefined;
  readonly networkPolicies: readonly NetworkPolicy[] | undefined;
  /** The resources that quotas limit, such as `requests.cpu`. */
  readonly quotas: readonly string[] | undefined;
  /** Whether containers without resources get some. */
  readonly hasDefaultResources: boolean | undefined;
}
