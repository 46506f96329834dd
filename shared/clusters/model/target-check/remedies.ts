import type { NamedTarget } from '#events/records/target.ts';
import { quoteWord } from '#shared/shell-words.ts';

/** The commands that mend a target. They run in a checkout of Drey, with `kubectl` for the EKS cluster. */
export interface Remedies {
  readonly createAccessEntry: string;
  /** Applies a manifest of `infra/kubernetes` to the namespace. */
  readonly apply: (file: string) => string;
  /** Applies the NetworkPolicies with the subnets of the control plane. */
  readonly applyPolicies: string;
  /** Grants a Role for Flink to a service account. */
  readonly grantFlink: (account: string, role: 'flink' | 'flink-high-availability') => string;
  readonly createAccount: (account: string) => string;
  /** Lists what gives an account its permissions. */
  readonly findBindingsOf: (account: string) => string;
  readonly findDreysBindings: string;
}

const files = { flink: 'rbac.yaml', 'flink-high-availability': 'rbac-high-availability.yaml' } as const;
/** The account that the manifests create and bind. */
const standardAccount = 'flink';

const listBindings = (subject: string): string =>
  `kubectl get rolebindings,clusterrolebindings -A -o wide | grep -w -- ${quoteWord(subject)}`;

export const createRemedies = (
  { cluster, region, namespace }: NamedTarget,
  roleArn = 'KUBERNETES_ROLE_ARN',
): Remedies => {
  const eks = `--region ${region} --cluster-name ${quoteWord(cluster)} --principal-arn ${quoteWord(roleArn)}`;
  const at = `-n ${namespace}`;
  const apply = (file: string) => `kubectl apply ${at} -f infra/kubernetes/${file}`;
  return {
    createAccessEntry: `aws eks create-access-entry ${eks} --kubernetes-groups drey`,
    apply,
    applyPolicies: applyPolicies({ cluster, region, namespace }),
    grantFlink: (account, role) =>
      account === standardAccount
        ? apply(files[role])
        : `${apply(files[role])} && kubectl create rolebinding ${at} ${quoteWord(`${role}-${account}`)} --role=${role} --serviceaccount=${quoteWord(`${namespace}:${account}`)}`,
    createAccount: (account) =>
      account === standardAccount ? apply('rbac.yaml') : `kubectl create serviceaccount ${at} ${quoteWord(account)}`,
    findBindingsOf: (account) => `${apply('rbac.yaml')}; ${listBindings(`${namespace}/${account}`)}`,
    findDreysBindings: `${apply('rbac.yaml')}; ${listBindings('drey')}; aws eks list-associated-access-policies ${eks}`,
  };
};

/** The part of `network-policies.yaml` that stands for the control plane. */
const examplePeer = '{ ipBlock: { cidr: 192.0.2.0/24 } }';
/** How JMESPath writes that part for the addresses of subnets. */
const addresses = 'Subnets[].[CidrBlock, Ipv6CidrBlockAssociationSet[].Ipv6CidrBlock][][]';
const toPeers = `join(', ', ${addresses}.join('', ['{ ipBlock: { cidr: ', @, ' } }']))`;

const applyPolicies = ({
  cluster,
  region,
  namespace,
}: Pick<NamedTarget, 'cluster' | 'region' | 'namespace'>): string => {
  const subnets = `aws eks describe-cluster --region ${region} --name ${quoteWord(cluster)} --query cluster.resourcesVpcConfig.subnetIds --output text`;
  const peers = `aws ec2 describe-subnets --region ${region} --query "${toPeers}" --output text --subnet-ids`;
  return `peers=$(${subnets} | xargs ${peers}) && sed "s|${examplePeer}|$peers|" infra/kubernetes/network-policies.yaml | kubectl apply -n ${namespace} -f -`;
};

/** The role of a session: `arn:aws:sts::1:assumed-role/NAME/SESSION` is `arn:aws:iam::1:role/NAME`. */
export const toRoleArn = (callerArn: string): string | undefined => {
  const [, partition, account, name] = /^arn:([^:]+):sts::(\d+):assumed-role\/([^/]+)\//.exec(callerArn) ?? [];
  return name === undefined ? undefined : `arn:${partition}:iam::${account}:role/${name}`;
};
