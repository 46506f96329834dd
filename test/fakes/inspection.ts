import type { Fault } from '#events/problems/problem.ts';
import type { NamespaceFacts } from '#shared/clusters/model/target-check/facts.ts';
import { describeRight, listRights, type Right } from '#shared/clusters/model/target-check/rights.ts';
import { roles, type Rule } from '#shared/clusters/model/target-check/roles.ts';
import type { Inspection } from '#shared/clusters/ports/inspection.ts';

const anywhere = [{ cidr: '0.0.0.0/0', except: ['169.254.169.254/32'] }].map((ipBlock) => ({ ipBlock }));

/** A namespace to which every manifest of `infra/kubernetes` was applied. A test changes what should be missing. */
export class FakeInspection implements Inspection {
  /** What a method throws. */
  failure: { readonly method: keyof Inspection; readonly fault: Fault } | undefined;
  callerArn = 'arn:aws:sts::123456789012:assumed-role/drey-kubernetes-test-eu-central-1/test';
  user = { username: 'drey', groups: ['drey', 'system:authenticated'] };
  /** What Drey may do. */
  rules: readonly Rule[] = [...roles['drey-deployer'], ...roles['drey-checker']];
  /** What Drey may do by access policies of EKS. */
  policyRights: readonly Right[] = [];
  /** What service accounts may do. */
  accounts: Readonly<Record<string, readonly Rule[]>> = { flink: roles.flink, default: [] };
  facts: NamespaceFacts = {
    labels: { 'pod-security.kubernetes.io/enforce': 'baseline' },
    networkPolicies: [
      {
        name: 'drey-ingress',
        podSelector: {},
        policyTypes: ['Ingress'],
        ingress: [[{ podSelector: {} }], [{ ipBlock: { cidr: '10.0.7.0/28' } }]],
        egress: [],
      },
      { name: 'drey-egress', podSelector: {}, policyTypes: ['Egress'], ingress: [], egress: [anywhere] },
    ],
    quotas: ['pods', 'requests.cpu', 'requests.memory'],
    hasDefaultResources: true,
  };

  private failIfAsked(method: keyof Inspection): void {
    if (this.failure?.method === method) throw this.failure.fault;
  }

  async getCallerArn() {
    this.failIfAsked('getCallerArn');
    return this.callerArn;
  }

  async getUser() {
    this.failIfAsked('getUser');
    return this.user;
  }

  async reviewRights(rights: readonly Right[], serviceAccount?: string) {
    if (serviceAccount === undefined) {
      const own = [...listRights(this.rules), ...this.policyRights];
      return rights.map((right) => isGranted(right, own));
    }
    const mayAsk = isGranted(
      { verb: 'create', group: 'authorization.k8s.io', resource: 'localsubjectaccessreviews' },
      listRights(this.rules),
    );
    return mayAsk
      ? rights.map((right) => isGranted(right, listRights(this.accounts[serviceAccount] ?? [])))
      : undefined;
  }

  async listOwnRules() {
    return this.rules;
  }

  async hasServiceAccount(name: string) {
    return isGranted({ verb: 'get', group: '', resource: 'serviceaccounts' }, listRights(this.rules))
      ? Object.hasOwn(this.accounts, name)
      : undefined;
  }

  async readNamespace(): Promise<NamespaceFacts> {
    const mayRead = (verb: string, group: string, resource: string) =>
      isGranted({ verb, group, resource }, listRights(this.rules));
    const { labels, networkPolicies, quotas, hasDefaultResources } = this.facts;
    return {
      labels: mayRead('get', '', 'namespaces') ? labels : undefined,
      networkPolicies: mayRead('list', 'networking.k8s.io', 'networkpolicies') ? networkPolicies : undefined,
      quotas: mayRead('list', '', 'resourcequotas') ? quotas : undefined,
      hasDefaultResources: mayRead('list', '', 'limitranges') ? hasDefaultResources : undefined,
    };
  }
}

/** As RBAC decides: a rule with `*` covers every verb, group or resource. */
const isGranted = (right: Right, granted: readonly Right[]): boolean =>
  granted.some(
    (one) =>
      describeRight(one) === describeRight(right) ||
      (['*', right.verb].includes(one.verb) &&
        ['*', right.group].includes(one.group) &&
        ['*', right.resource].includes(one.resource) &&
        (right.everywhere !== true || one.everywhere === true)),
  );
