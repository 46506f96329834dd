import { type Finding, isPassed, type TargetCheck } from '#events/http/target-check.ts';
import { Fault } from '#events/problems/problem.ts';
import type { NamedTarget } from '#events/records/target.ts';
import { checkNamespace } from '#shared/clusters/model/target-check/check-namespace.ts';
import { checkExcess, checkRole, type Reviewed } from '#shared/clusters/model/target-check/check-rights.ts';
import { createRemedies, type Remedies, toRoleArn } from '#shared/clusters/model/target-check/remedies.ts';
import {
  excessiveRightsOfDrey,
  excessiveRightsOfFlink,
  findExcess,
  listRights,
  type Right,
} from '#shared/clusters/model/target-check/rights.ts';
import { roles } from '#shared/clusters/model/target-check/roles.ts';
import type { Inspection } from '#shared/clusters/ports/inspection.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';

/**
 * Compares what a target needs with what AWS, the EKS cluster and its namespace allow. Creates nothing.
 *
 * @throws Fault `not-found`; `target-unreachable` and `deadline-exceeded` when AWS or the API server does not answer.
 */
export const checkTarget = async (name: string, ports: Ports): Promise<TargetCheck> => {
  const target = await ports.targets.getLatest(name);
  const findings = await listFindings(target, ports);
  return { name, passed: findings.every(isPassed), findings };
};

const listFindings = async (target: NamedTarget, ports: Ports): Promise<readonly Finding[]> => {
  const kubernetes = ports.kubernetes(target);
  const inspection = ports.inspection(target);
  // Each step needs the one before.
  const role = await attempt('aws-role', () => inspection.getCallerArn());
  if (role.state !== 'ok') return [role];
  const remedies = createRemedies(target, toRoleArn(role.detail));
  const cluster = await attempt('eks-cluster', async () => {
    await kubernetes.locate();
    return `EKS cluster ${target.cluster} exists.`;
  });
  if (cluster.state !== 'ok') return [role, cluster];
  const entry = await attempt('access-entry', () => describeUser(inspection), remedies.createAccessEntry);
  if (entry.state !== 'ok') return [role, cluster, entry];
  const rest = await Promise.all([
    checkDrey(inspection, remedies),
    checkAccounts(target, inspection, remedies),
    inspection
      .readNamespace()
      .then((facts) =>
        checkNamespace(facts, { ...remedies, namespace: target.namespace, level: target.policy.podSecurity }),
      ),
  ]);
  return [role, cluster, entry, ...rest.flat()];
};

const describeUser = async (inspection: Inspection): Promise<string> => {
  const { username, groups } = await inspection.getUser();
  return `The API server takes Drey for ${username} in the groups ${groups.join(', ')}.`;
};

/** A step that AWS or the API server refuses is a finding. One without an answer fails the check. */
const attempt = async (check: Finding['check'], step: () => Promise<string>, remedy?: string): Promise<Finding> => {
  try {
    return { check, state: 'ok', detail: await step() };
  } catch (error) {
    if (!(error instanceof Fault) || error.code !== 'target-refused') throw error;
    return { check, state: 'missing', detail: error.message, ...(remedy === undefined ? {} : { remedy }) };
  }
};

const review = async (rights: readonly Right[], inspection: Inspection, account?: string): Promise<Reviewed> => ({
  rights,
  answers: await inspection.reviewRights(rights, account),
});

const checkDrey = async (
  inspection: Inspection,
  { apply, findDreysBindings }: Remedies,
): Promise<readonly Finding[]> => {
  const [deployer, checker, kerberos, excess, rules] = await Promise.all([
    review(listRights(roles['drey-deployer']), inspection),
    review(listRights(roles['drey-checker']), inspection),
    review(listRights(roles['drey-kerberos']), inspection),
    review(excessiveRightsOfDrey, inspection),
    inspection.listOwnRules(),
  ]);
  const remedy = apply('rbac.yaml');
  const drey = { who: 'Drey', remedy, remedyOfUnknown: remedy };
  const keytabs = { remedy: apply('rbac-kerberos.yaml'), onlyFor: 'a cluster with keytabs' };
  return [
    checkRole(deployer, { ...drey, check: 'drey-deployer' }),
    checkRole(checker, { ...drey, check: 'drey-checker' }),
    checkRole(kerberos, { ...drey, check: 'drey-kerberos', ...keytabs }),
    checkExcess(excess, { ...drey, check: 'drey-excess', remedy: findDreysBindings, others: findExcess(rules) }),
  ];
};

/** The service accounts that clusters of a target have by default. */
const listAccounts = ({ defaults, policy }: NamedTarget) => {
  const options = { ...defaults, ...policy.locked };
  const account = options['kubernetes.service-account'] ?? 'default';
  const jobManager = options['kubernetes.jobmanager.service-account'] ?? account;
  const taskManager = options['kubernetes.taskmanager.service-account'] ?? account;
  return { jobManager, all: [...new Set([jobManager, taskManager])] };
};

const checkAccounts = async (
  target: NamedTarget,
  inspection: Inspection,
  remedies: Remedies,
): Promise<readonly Finding[]> => {
  const { jobManager, all } = listAccounts(target);
  const [exist, role, highAvailability, ...excess] = await Promise.all([
    Promise.all(all.map((account) => checkAccountExists(account, inspection, remedies))),
    review(listRights(roles.flink), inspection, jobManager),
    review(listRights(roles['flink-high-availability']), inspection, jobManager),
    ...all.map((account) => review(excessiveRightsOfFlink, inspection, account)),
  ]);
  const remedyOfUnknown = remedies.apply('rbac.yaml');
  const flink = { who: `Service account ${jobManager}`, remedyOfUnknown };
  return [
    ...exist,
    checkRole(role, { ...flink, check: 'flink', remedy: remedies.grantFlink(jobManager, 'flink') }),
    checkRole(highAvailability, {
      ...flink,
      check: 'flink-high-availability',
      remedy: remedies.grantFlink(jobManager, 'flink-high-availability'),
      onlyFor: 'a cluster with high availability',
    }),
    ...excess.map((reviewed, index) => {
      const account = all[index] ?? '';
      const remedy = remedies.findBindingsOf(account);
      const who = `Service account ${account}`;
      return checkExcess(reviewed, { check: 'flink-excess', who, remedy, remedyOfUnknown });
    }),
  ];
};

const checkAccountExists = async (account: string, inspection: Inspection, { apply, createAccount }: Remedies) => {
  const exists = await inspection.hasServiceAccount(account);
  const check = 'service-account';
  if (exists === undefined)
    return {
      check,
      state: 'unknown',
      detail: 'Drey may not read service accounts.',
      remedy: apply('rbac.yaml'),
    } as const;
  return exists
    ? ({ check, state: 'ok', detail: `Service account ${account} exists.` } as const)
    : ({
        check,
        state: 'missing',
        detail: `There is no service account ${account}.`,
        remedy: createAccount(account),
      } as const);
};
