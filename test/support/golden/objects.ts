import { stringify } from 'yaml';

/** The defaults that the API server fills in, as the client never sets them to anything else. */
const filledIn: Readonly<Record<string, unknown>> = {
  protocol: 'TCP',
  defaultMode: 420,
  dnsPolicy: 'ClusterFirst',
  schedulerName: 'default-scheduler',
  terminationGracePeriodSeconds: 30,
  terminationMessagePath: '/dev/termination-log',
  terminationMessagePolicy: 'File',
  revisionHistoryLimit: 10,
  progressDeadlineSeconds: 600,
  sessionAffinity: 'None',
  internalTrafficPolicy: 'Cluster',
  externalTrafficPolicy: 'Cluster',
  allocateLoadBalancerNodePorts: true,
};
const ofTheServer = new Set(['status', 'strategy', 'creationTimestamp', 'securityContext']);

const isPlain = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** An object without what the API server fills in. Every uid is written `UID`, except in the owner that the caller names. */
export const stripObject = (value: unknown, key = ''): unknown => {
  if (key === 'data') return value;
  if (Array.isArray(value)) return value.map((item) => stripObject(item));
  if (!isPlain(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name, field]) => filledIn[name] !== field)
      .filter(
        ([name, field]) =>
          !ofTheServer.has(name) || (isPlain(field) && name === 'securityContext' && Object.keys(field).length > 0),
      )
      .map(([name, field]) => [name, name === 'uid' ? 'UID' : stripObject(field, name)]),
  );
};

const kinds = ['Deployment', 'Service', 'ConfigMap'];
const rank = (object: unknown): string => {
  const { kind, metadata } = object as { kind: string; metadata: { name: string } };
  return `${kinds.indexOf(kind)} ${metadata.name}`;
};

/** The documents of `objects.yaml`: the Deployment, the services and the ConfigMaps. */
export const formatObjects = (objects: readonly unknown[]): string =>
  objects
    .map((object) => stripObject(object))
    .toSorted((one, other) => (rank(one) < rank(other) ? -1 : 1))
    .map((object) => stringify(object, { indentSeq: false, sortMapEntries: true, singleQuote: true, lineWidth: 0 }))
    .join('---\n');
