/** Rules as a Role has them. */
export interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

/** The Roles of `infra/kubernetes`, by name. A test compares them with the manifests. */
export const roles = {
  'drey-deployer': [
    { apiGroups: ['apps'], resources: ['deployments'], verbs: ['create', 'get', 'list', 'delete'] },
    { apiGroups: ['apps'], resources: ['replicasets'], verbs: ['list', 'delete'] },
    { apiGroups: [''], resources: ['services'], verbs: ['create', 'get', 'list', 'delete'] },
    { apiGroups: [''], resources: ['configmaps'], verbs: ['create', 'get', 'list', 'delete'] },
    { apiGroups: [''], resources: ['pods'], verbs: ['list', 'delete'] },
    { apiGroups: [''], resources: ['events'], verbs: ['list'] },
    { apiGroups: [''], resources: ['pods/log'], verbs: ['get'] },
    { apiGroups: [''], resources: ['services/proxy'], verbs: ['get', 'create', 'update', 'patch', 'delete'] },
  ],
  'drey-checker': [
    { apiGroups: [''], resources: ['namespaces', 'serviceaccounts'], verbs: ['get'] },
    { apiGroups: [''], resources: ['resourcequotas', 'limitranges'], verbs: ['list'] },
    { apiGroups: ['networking.k8s.io'], resources: ['networkpolicies'], verbs: ['list'] },
    { apiGroups: ['authorization.k8s.io'], resources: ['localsubjectaccessreviews'], verbs: ['create'] },
  ],
  'drey-kerberos': [{ apiGroups: [''], resources: ['secrets'], verbs: ['create', 'get'] }],
  flink: [
    { apiGroups: [''], resources: ['pods'], verbs: ['create', 'list', 'watch', 'delete'] },
    { apiGroups: ['apps'], resources: ['deployments'], verbs: ['get', 'delete'] },
  ],
  'flink-high-availability': [
    {
      apiGroups: [''],
      resources: ['configmaps'],
      verbs: ['create', 'get', 'list', 'watch', 'update', 'patch', 'delete'],
    },
  ],
} as const satisfies Readonly<Record<string, readonly Rule[]>>;
