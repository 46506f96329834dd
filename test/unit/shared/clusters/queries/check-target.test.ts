import { beforeEach, describe, expect, it } from 'vitest';

import type { Finding, TargetCheck } from '#events/http/target-check.ts';
import { Fault } from '#events/problems/problem.ts';
import { targetsHandler } from '#functions/targets.ts';
import type { NetworkPolicy } from '#shared/clusters/model/target-check/facts.ts';
import { roles } from '#shared/clusters/model/target-check/roles.ts';
import type { FakeInspection } from '#test/fakes/inspection.ts';
import { callHandler, makeHttpEvent } from '#test/fakes/lambda.ts';
import { world } from '#test/unit/shared/clusters/fixture.ts';

const sendCheck = (name = 'local') =>
  callHandler(targetsHandler(world.ports), makeHttpEvent('GET /v1/targets/{target}/check', { target: name }));

const check = async () => (await sendCheck()).body as unknown as TargetCheck;

/** The finding of one check, and whether the target passed. */
const find = async (name: Finding['check']) => {
  const { findings, passed } = await check();
  return { ...findings.find((finding) => finding.check === name), passed };
};

let inspection: FakeInspection;
beforeEach(() => {
  ({ inspection } = world.kubernetes);
  const local = world.targets.known.get('local')!;
  world.targets.known.set('local', { ...local, defaults: { 'kubernetes.service-account': 'flink' } });
});

const setPolicies = (...policies: readonly Partial<NetworkPolicy>[]) => {
  const none = { name: 'own', podSelector: {}, policyTypes: ['Ingress', 'Egress'], ingress: [], egress: [] };
  inspection.facts = { ...inspection.facts, networkPolicies: policies.map((policy) => ({ ...none, ...policy })) };
};
const setRules = (account: string, ...rules: FakeInspection['rules'][]) => {
  inspection.accounts = { ...inspection.accounts, [account]: rules.flat() };
};

describe('the check of a target', () => {
  it('passes when every manifest is applied, and names what only some clusters need', async () => {
    const { passed, findings } = await check();

    expect(passed).toBe(true);
    expect(Object.fromEntries(findings.map((finding) => [finding.check, finding.state]))).toEqual({
      'aws-role': 'ok',
      'eks-cluster': 'ok',
      'access-entry': 'ok',
      'drey-deployer': 'ok',
      'drey-checker': 'ok',
      'drey-kerberos': 'optional',
      'drey-excess': 'ok',
      'service-account': 'ok',
      flink: 'ok',
      'flink-high-availability': 'optional',
      'flink-excess': 'ok',
      'pod-security': 'ok',
      ingress: 'ok',
      egress: 'ok',
      quota: 'ok',
    });
  });

  it('does not know a target that does not exist', async () => {
    expect(await sendCheck('none')).toMatchObject({ status: 404, body: { code: 'not-found' } });
  });

  it('ends with the first step that is refused, because the others need it', async () => {
    inspection.failure = { method: 'getUser', fault: new Fault('target-refused', 'The role is unknown.') };

    expect((await check()).findings).toEqual([
      { check: 'aws-role', state: 'ok', detail: inspection.callerArn },
      { check: 'eks-cluster', state: 'ok', detail: expect.any(String) as string },
      {
        check: 'access-entry',
        state: 'missing',
        detail: 'The role is unknown.',
        remedy:
          'aws eks create-access-entry --region eu-central-1 --cluster-name eks --principal-arn arn:aws:iam::123456789012:role/drey-kubernetes-test-eu-central-1 --kubernetes-groups drey',
      },
    ]);
  });

  it('names a role that may not be assumed, and a cluster that does not exist', async () => {
    inspection.failure = { method: 'getCallerArn', fault: new Fault('target-refused', 'Not trusted.') };
    expect((await check()).findings).toEqual([{ check: 'aws-role', state: 'missing', detail: 'Not trusted.' }]);

    inspection.failure = undefined;
    world.kubernetes.failNext('locate', new Fault('target-refused', 'There is none.'));
    expect((await check()).findings.at(-1)).toEqual({
      check: 'eks-cluster',
      state: 'missing',
      detail: 'There is none.',
    });
  });

  it('fails as a whole when the API server does not answer', async () => {
    inspection.failure = { method: 'getUser', fault: new Fault('target-unreachable', 'No answer.') };

    expect(await sendCheck()).toMatchObject({ status: 503, body: { code: 'target-unreachable' } });
  });

  it('quotes names in its commands, because a person runs them', async () => {
    const local = world.targets.known.get('local')!;
    world.targets.known.set('local', { ...local, cluster: "a'; rm -rf ~; '" });
    inspection.failure = { method: 'getUser', fault: new Fault('target-refused', 'no') };

    expect((await find('access-entry')).remedy).toContain(String.raw`--cluster-name 'a'\''; rm -rf ~; '\''' `);
  });
});

describe('the permissions of Drey', () => {
  it('are named one by one when they are missing', async () => {
    inspection.rules = roles['drey-checker'];

    expect(await find('drey-deployer')).toMatchObject({
      passed: false,
      state: 'missing',
      detail: expect.stringMatching(
        /Drey may not: create deployments\.apps, .*get pods\/log, get services\/proxy/,
      ) as string,
      remedy: 'kubectl apply -n flink -f infra/kubernetes/rbac.yaml',
    });
  });

  it.each([
    [{ apiGroups: [''], resources: ['secrets'], verbs: ['list'] }, 'list secrets'],
    [{ apiGroups: [''], resources: ['pods/exec'], verbs: ['create'] }, 'create pods/exec'],
    [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }, 'everything'],
    [{ apiGroups: ['example.com'], resources: ['widgets'], verbs: ['get'] }, 'get widgets.example.com'],
    [{ apiGroups: [''], resources: ['services'], verbs: ['*'] }, '* services'],
  ])('are too wide with the rule %j', async (rule, name) => {
    inspection.rules = [...inspection.rules, rule];

    expect(await find('drey-excess')).toMatchObject({
      passed: false,
      state: 'too-wide',
      detail: `Drey may, but need not: ${name}.`,
      remedy: expect.stringContaining('kubectl apply -n flink -f infra/kubernetes/rbac.yaml') as string,
    });
  });

  it('are too wide with an access policy of EKS, which no rule shows', async () => {
    inspection.policyRights = [{ verb: '*', group: '*', resource: '*', everywhere: true }];

    expect(await find('drey-excess')).toMatchObject({
      state: 'too-wide',
      detail: expect.stringContaining('everything in every namespace') as string,
      remedy: expect.stringContaining('aws eks list-associated-access-policies') as string,
    });
  });

  it('may include keytabs', async () => {
    inspection.rules = [...inspection.rules, ...roles['drey-kerberos']];

    expect(await find('drey-kerberos')).toMatchObject({ passed: true, state: 'ok' });
  });
});

describe('the permissions of Flink', () => {
  it('are those of the account that the target sets', async () => {
    const local = world.targets.known.get('local')!;
    world.targets.known.set('local', { ...local, defaults: { 'kubernetes.jobmanager.service-account': 'mine' } });
    setRules('mine');

    expect(await find('flink')).toMatchObject({
      state: 'missing',
      detail: expect.stringContaining('Service account mine may not: create pods') as string,
      remedy:
        'kubectl apply -n flink -f infra/kubernetes/rbac.yaml && kubectl create rolebinding -n flink flink-mine --role=flink --serviceaccount=flink:mine',
    });
  });

  it('need an account that exists', async () => {
    inspection.accounts = {};

    expect(await find('service-account')).toMatchObject({ passed: false, state: 'missing' });
  });

  it.each([
    [{ apiGroups: [''], resources: ['services'], verbs: ['update'] }, 'update services'],
    [{ apiGroups: [''], resources: ['secrets'], verbs: ['get'] }, 'get secrets'],
    [{ apiGroups: [''], resources: ['serviceaccounts/token'], verbs: ['create'] }, 'create serviceaccounts/token'],
    [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }, 'everything'],
  ])('are too wide with the rule %j', async (rule, name) => {
    setRules('flink', roles.flink, [rule]);

    expect(await find('flink-excess')).toMatchObject({
      passed: false,
      state: 'too-wide',
      detail: `Service account flink may, but need not: ${name}.`,
    });
  });

  it('are unknown when Drey may not ask', async () => {
    inspection.rules = roles['drey-deployer'];

    const { findings } = await check();

    const unknown = findings.filter(({ state }) => state === 'unknown');
    expect(unknown.map((finding) => finding.check)).toEqual([
      'service-account',
      'flink',
      'flink-high-availability',
      'flink-excess',
      'pod-security',
      'ingress',
      'egress',
      'quota',
    ]);
    expect(new Set(unknown.map(({ remedy }) => remedy))).toEqual(
      new Set(['kubectl apply -n flink -f infra/kubernetes/rbac.yaml']),
    );
  });
});

describe('the protection of a namespace', () => {
  it.each([undefined, 'privileged', 'unknown'])('lacks Pod Security with the label %s', async (label) => {
    const labels = label === undefined ? {} : { 'pod-security.kubernetes.io/enforce': label };
    inspection.facts = { ...inspection.facts, labels };

    expect(await find('pod-security')).toMatchObject({
      passed: false,
      state: 'missing',
      remedy: 'kubectl label namespace flink --overwrite pod-security.kubernetes.io/enforce=baseline',
    });
  });

  it('may be stricter than the target', async () => {
    inspection.facts = { ...inspection.facts, labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } };

    expect(await find('pod-security')).toMatchObject({ state: 'ok' });
  });

  const controlPlane = [{ ipBlock: { cidr: '10.0.7.0/28' } }];
  const admits = (...ingress: NetworkPolicy['ingress']) => ({ ingress });
  it.each([
    ['no policy', [], 'missing'],
    ['a policy for some pods', [{ podSelector: { matchLabels: { app: 'a' } }, ingress: [controlPlane] }], 'missing'],
    ['a policy for egress', [{ policyTypes: ['Egress'], ingress: [controlPlane] }], 'missing'],
    ['no control plane', [admits([{ podSelector: {} }])], 'missing'],
    ['the example address', [admits([{ ipBlock: { cidr: '192.0.2.0/24' } }])], 'missing'],
    ['a rule for everybody', [admits(controlPlane, [])], 'too-wide'],
    ['every address', [admits(controlPlane, [{ ipBlock: { cidr: '0.0.0.0/0' } }])], 'too-wide'],
    ['every address of IPv6', [admits(controlPlane, [{ ipBlock: { cidr: '::/0' } }])], 'too-wide'],
    ['every namespace', [admits(controlPlane, [{ namespaceSelector: {} }])], 'too-wide'],
    [
      'pods with a label in every namespace',
      [admits(controlPlane, [{ namespaceSelector: {}, podSelector: {} }])],
      'too-wide',
    ],
    ['every namespace beside a narrow policy', [admits(controlPlane), admits([{ namespaceSelector: {} }])], 'too-wide'],
    ['one namespace', [admits(controlPlane, [{ namespaceSelector: { matchLabels: { team: 'a' } } }])], 'ok'],
  ])('has %s for ingress: %#', async (_name, policies, state) => {
    setPolicies(...policies);

    expect(await find('ingress')).toMatchObject({ state });
  });

  const to = (...egress: NetworkPolicy['egress']) => ({ egress });
  it.each([
    ['no policy', [], 'missing'],
    ['a policy for some pods', [{ podSelector: { matchExpressions: [{}] }, egress: [] }], 'missing'],
    ['a policy for ingress', [{ policyTypes: ['Ingress'] }], 'missing'],
    ['a rule for everything', [to([])], 'too-wide'],
    ['every address', [to([{ ipBlock: { cidr: '0.0.0.0/0' } }])], 'too-wide'],
    ['link-local addresses', [to([{ ipBlock: { cidr: '169.254.0.0/16' } }])], 'too-wide'],
    ['another exception', [to([{ ipBlock: { cidr: '0.0.0.0/0', except: ['10.0.0.0/8'] } }])], 'too-wide'],
    ['every address of IPv6', [to([{ ipBlock: { cidr: '::/0' } }])], 'too-wide'],
    ['the exception', [to([{ ipBlock: { cidr: '0.0.0.0/0', except: ['169.254.0.0/16'] } }])], 'ok'],
    ['pods only', [to([{ namespaceSelector: {} }])], 'ok'],
    ['nothing', [to()], 'ok'],
  ])('has %s for egress: %#', async (_name, policies, state) => {
    setPolicies(...policies);

    expect(await find('egress')).toMatchObject({ state });
  });

  it('finds the subnets of the control plane in its command', async () => {
    setPolicies();

    expect((await find('ingress')).remedy).toMatch(
      /^peers=\$\(aws eks describe-cluster .*--name eks .*CidrBlock, .*Ipv6CidrBlock.*\) && sed .* infra\/kubernetes\/network-policies\.yaml \| kubectl apply -n flink -f -$/,
    );
  });

  it.each([
    [['pods'], true, 'optional'],
    [['requests.cpu'], true, 'optional'],
    [['limits.cpu', 'memory'], true, 'ok'],
    [['requests.cpu', 'requests.memory'], false, 'missing'],
    [[], false, 'optional'],
  ])('has a quota of %j, with default resources %s: %s', async (quotas, hasDefaultResources, state) => {
    inspection.facts = { ...inspection.facts, quotas, hasDefaultResources };

    expect(await find('quota')).toMatchObject({ state });
  });
});
