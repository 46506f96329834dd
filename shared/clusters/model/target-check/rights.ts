import { roles, type Rule } from './roles.ts';

/** A verb on a resource of an API group. `resource` may name a subresource, such as `services/proxy`. `*` is every one. */
export interface Right {
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  /** In all namespaces, in place of the namespace of the target. */
  readonly everywhere?: boolean;
}

/** The rights that rules give. */
export const listRights = (rules: readonly Rule[]): readonly Right[] =>
  rules.flatMap(({ apiGroups, resources, verbs }) =>
    apiGroups.flatMap((group) => resources.flatMap((resource) => verbs.map((verb) => ({ verb, group, resource })))),
  );

/** A right as kubectl names it: `delete deployments.apps`. */
export const describeRight = ({ verb, group, resource, everywhere = false }: Right): string => {
  const [plural = '', ...sub] = resource.split('/');
  const what =
    verb === '*' && resource === '*' ? 'everything' : `${verb} ${[joinGroup(plural, group), ...sub].join('/')}`;
  return everywhere ? `${what} in every namespace` : what;
};

const joinGroup = (plural: string, group: string): string => (group === '' ? plural : `${plural}.${group}`);

const core = (verb: string, ...resources: readonly string[]): readonly Right[] =>
  resources.map((resource) => ({ verb, group: '', resource }));
const rbac = (verb: string): readonly Right[] =>
  ['roles', 'rolebindings'].map((resource) => ({ verb, group: 'rbac.authorization.k8s.io', resource }));
const everything: Right = { verb: '*', group: '*', resource: '*' };

/** Rights with which one gets further rights. Nobody needs them in a namespace of Flink. */
const escalations: readonly Right[] = [
  everything,
  ...core('create', 'pods/exec', 'pods/ephemeralcontainers', 'serviceaccounts/token'),
  ...core('impersonate', 'serviceaccounts'),
  ...core('list', 'secrets'),
  ...rbac('create'),
  ...rbac('update'),
  { verb: 'update', group: 'apps', resource: 'deployments' },
  { verb: 'patch', group: 'apps', resource: 'deployments' },
];

/** What Drey must not be allowed: rights that no Role of `infra/kubernetes` gives to it, with much effect. */
export const excessiveRightsOfDrey: readonly Right[] = [
  ...escalations,
  ...core('create', 'pods'),
  { ...everything, everywhere: true },
  { verb: 'list', group: '', resource: 'secrets', everywhere: true },
  { verb: 'create', group: '', resource: 'pods', everywhere: true },
  { verb: 'create', group: 'rbac.authorization.k8s.io', resource: 'clusterrolebindings', everywhere: true },
];

/** What the programs of a namespace must not be allowed. */
export const excessiveRightsOfFlink: readonly Right[] = [
  ...escalations,
  ...core('get', 'secrets'),
  ...core('create', 'services'),
  ...core('update', 'services'),
  ...core('patch', 'services'),
  ...core('delete', 'services', 'resourcequotas'),
  { verb: 'create', group: 'apps', resource: 'deployments' },
  { verb: 'create', group: 'batch', resource: 'jobs' },
  { verb: 'update', group: 'networking.k8s.io', resource: 'networkpolicies' },
  { verb: 'delete', group: 'networking.k8s.io', resource: 'networkpolicies' },
];

/** What Kubernetes allows to everybody who is authenticated: to ask about oneself. */
const rightsOfEverybody: readonly Right[] = [
  { verb: 'create', group: 'authentication.k8s.io', resource: 'selfsubjectreviews' },
  { verb: 'create', group: 'authorization.k8s.io', resource: 'selfsubjectaccessreviews' },
  { verb: 'create', group: 'authorization.k8s.io', resource: 'selfsubjectrulesreviews' },
];

const rightsOfDrey = [...roles['drey-deployer'], ...roles['drey-checker'], ...roles['drey-kerberos']];
const expected = new Set([...listRights(rightsOfDrey), ...rightsOfEverybody].map(describeRight));

/** The rights of Drey that no Role of `infra/kubernetes` gives. */
export const findExcess = (rules: readonly Rule[]): readonly string[] => [
  ...new Set(
    listRights(rules)
      .map(describeRight)
      .filter((right) => !expected.has(right)),
  ),
];
