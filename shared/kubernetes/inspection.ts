import pMap from 'p-map';
import * as z from 'zod';

import { Fault } from '#events/problems/problem.ts';
import type { NamedTarget } from '#events/records/target.ts';
import type { NamespaceFacts, NetworkPolicy } from '#shared/clusters/model/target-check/facts.ts';
import type { Right } from '#shared/clusters/model/target-check/rights.ts';
import type { Inspection } from '#shared/clusters/ports/inspection.ts';
import { urlPath } from '#shared/flink/rest/transport/url-path.ts';
import type { Access } from '#shared/kubernetes/access/credentials.ts';
import { type Api, openClient } from '#shared/kubernetes/api/client.ts';
import { AnyObject } from '#shared/kubernetes/api/objects.ts';

const maxConcurrentReviews = 8;
const reviews = '/apis/authorization.k8s.io/v1';

type Server = Pick<Api, 'client' | 'target'>;

interface InspectionOptions {
  readonly access: Access;
  /** Ends all requests. */
  readonly signal: AbortSignal;
}

/** The port to what a check of a target reads; see there. */
export const openInspection = (target: NamedTarget, { access, signal }: InspectionOptions): Inspection => {
  const api = { client: openClient(target, { access, signal }), target };
  return openWith(api, access);
};

const openWith = (api: Server, access: Access): Inspection => ({
  getCallerArn: () => access.identify(api.target),
  getUser: async () => (await review('/apis/authentication.k8s.io/v1/selfsubjectreviews', {}, User, api)).userInfo,
  reviewRights: (rights, serviceAccount) =>
    unlessForbidden(() =>
      pMap(rights, (right) => reviewRight(right, serviceAccount, api), { concurrency: maxConcurrentReviews }),
    ),
  listOwnRules: async () => {
    const spec = { namespace: api.target.namespace };
    return (await review(`${reviews}/selfsubjectrulesreviews`, spec, Rules, api)).resourceRules;
  },
  hasServiceAccount: (name) =>
    unlessForbidden(async () => {
      const path = urlPath`/api/v1/namespaces/${api.target.namespace}/serviceaccounts/${name}`;
      return (await api.client.get(path, AnyObject)) !== undefined;
    }),
  readNamespace: () => readNamespace(api),
});

const User = z.object({ userInfo: z.object({ username: z.string(), groups: z.array(z.string()).default([]) }) });
const Decision = z.object({ allowed: z.boolean() });
const names = z.array(z.string()).default([]);
const Rules = z.object({ resourceRules: z.array(z.object({ apiGroups: names, resources: names, verbs: names })) });

/** Creates a review. The API server answers it with its status, and stores nothing. */
const review = async <S extends z.ZodType>(
  path: string,
  spec: object,
  schema: S,
  { client, target }: Server,
): Promise<z.output<S>> => {
  const { body } = await client.send({ method: 'POST', path, json: { spec } });
  const parsed = schema.safeParse(z.object({ status: z.unknown() }).safeParse(body).data?.status);
  if (parsed.success) return parsed.data;
  const message = `EKS cluster ${target.cluster} answered ${path} with an unexpected body.`;
  throw new Fault('target-refused', message, { cause: parsed.error });
};

const reviewRight = async (
  { verb, group, resource: path, everywhere = false }: Right,
  serviceAccount: string | undefined,
  api: Server,
): Promise<boolean> => {
  const { namespace } = api.target;
  const [resource, subresource] = path.split('/');
  const resourceAttributes = { verb, group, resource, subresource, ...(everywhere ? {} : { namespace }) };
  const groups = ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated'];
  const { allowed } =
    serviceAccount === undefined
      ? await review(`${reviews}/selfsubjectaccessreviews`, { resourceAttributes }, Decision, api)
      : await review(
          `${reviews}${urlPath`/namespaces/${namespace}`}/localsubjectaccessreviews`,
          { resourceAttributes, user: `system:serviceaccount:${namespace}:${serviceAccount}`, groups },
          Decision,
          api,
        );
  return allowed;
};

const unlessForbidden = async <T>(read: () => Promise<T>): Promise<T | undefined> => {
  try {
    return await read();
  } catch (error) {
    if (error instanceof Fault && error.reason === 'Forbidden') return undefined;
    throw error;
  }
};

const Namespace = z.object({ metadata: z.object({ labels: z.record(z.string(), z.string()).default({}) }) });
const Quota = z.object({
  spec: z.object({ hard: z.record(z.string(), z.unknown()).default({}) }).default({ hard: {} }),
});
const LimitRange = z.object({
  spec: z.object({ limits: z.array(z.object({ type: z.string(), defaultRequest: z.unknown() })).default([]) }),
});
const Selector = z.object({
  matchLabels: z.record(z.string(), z.string()).optional(),
  matchExpressions: z.array(z.unknown()).optional(),
});
const Peers = z
  .array(
    z.object({
      podSelector: Selector.optional(),
      namespaceSelector: Selector.optional(),
      ipBlock: z.object({ cidr: z.string(), except: z.array(z.string()).optional() }).optional(),
    }),
  )
  .default([]);
const Policy = z.object({
  metadata: z.object({ name: z.string() }),
  spec: z.object({
    podSelector: Selector.default({}),
    policyTypes: z.array(z.string()).default([]),
    ingress: z.array(z.object({ from: Peers })).default([]),
    egress: z.array(z.object({ to: Peers })).default([]),
  }),
});

const readNamespace = async ({ client, target: { namespace } }: Server): Promise<NamespaceFacts> => {
  const path = urlPath`/namespaces/${namespace}`;
  const list = <S extends z.ZodType>(collection: string, schema: S) =>
    unlessForbidden(() => client.list(collection, schema, {}));
  const [object, policies, quotas, limitRanges] = await Promise.all([
    unlessForbidden(() => client.get(`/api/v1${path}`, Namespace)),
    list(`/apis/networking.k8s.io/v1${path}/networkpolicies`, Policy),
    list(`/api/v1${path}/resourcequotas`, Quota),
    list(`/api/v1${path}/limitranges`, LimitRange),
  ]);
  return {
    labels: object?.metadata.labels,
    networkPolicies: policies?.map(toNetworkPolicy),
    quotas: quotas?.flatMap(({ spec: { hard } }) => Object.keys(hard)),
    hasDefaultResources: limitRanges?.some(({ spec: { limits } }) =>
      limits.some(({ type, defaultRequest }) => type === 'Container' && defaultRequest !== undefined),
    ),
  };
};

const toNetworkPolicy = ({
  metadata: { name },
  spec: { ingress, egress, ...spec },
}: z.output<typeof Policy>): NetworkPolicy => ({
  name,
  ...spec,
  ingress: ingress.map(({ from }) => from),
  egress: egress.map(({ to }) => to),
});
