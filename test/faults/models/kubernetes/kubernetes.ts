import { Fault } from '#events/problems/problem.ts';
import type { NamedTarget } from '#events/records/target.ts';
import type { Access } from '#shared/kubernetes/access/credentials.ts';
import type { Exchange, Request } from '#shared/kubernetes/api/exchange.ts';
import type { Answer } from '#shared/kubernetes/api/status.ts';
import { toPodTable } from '#test/fakes/pod-table.ts';
import type { Protection } from '#test/faults/protections.ts';
import type { Failure, Process, Simulation } from '#test/faults/simulation.ts';

import { failUnreachable, listFailures, respondOk, respondStatus } from './answers.ts';
import { ModelClusters } from './clusters.ts';
import type { Propagation } from './garbage-collector.ts';
import { type KubernetesObject, ModelObjects, type Objects } from './objects.ts';

const kinds: Readonly<Record<string, string>> = {
  deployments: 'Deployment',
  replicasets: 'ReplicaSet',
  pods: 'Pod',
  services: 'Service',
  configmaps: 'ConfigMap',
  secrets: 'Secret',
  events: 'Event',
};

export interface Watchers {
  readonly onCreate: (deployment: KubernetesObject) => void;
  /** A request deleted a Deployment, and its deletion starts. */
  readonly onDelete: (deployment: KubernetesObject) => void;
  /** Flink deletes the savepoint of this path. */
  readonly onDisposal: (path: string) => void;
}

interface ModelOptions {
  readonly without: Protection | undefined;
  readonly watchers: Watchers;
}

/** The API server of a namespace: the requests that it receives, its responses, and people who use `kubectl`. */
export class ModelKubernetes {
  readonly clusters: ModelClusters;
  private readonly stored: ModelObjects;
  private readonly replacedBeforeDeletion = new Set<string>();
  private readonly simulation: Simulation;
  private readonly random: () => number;
  private readonly without: Protection | undefined;
  private readonly watchers: Watchers;

  constructor(simulation: Simulation, random: () => number, { without, watchers }: ModelOptions) {
    this.simulation = simulation;
    this.random = random;
    this.without = without;
    this.watchers = watchers;
    this.stored = new ModelObjects(simulation, random);
    this.clusters = new ModelClusters(simulation, random, this.stored);
    this.clusters.onDisposal = watchers.onDisposal;
  }

  get objects(): Objects {
    return this.stored.current;
  }

  accessOf(process: Process): Access {
    const throttled: Failure<never> = {
      name: 'EKS has too many requests',
      applied: false,
      seconds: 1,
      answer: () => {
        throw new Fault('target-unreachable', 'EKS asks to wait', { retryAfterSeconds: 2 });
      },
    };
    return {
      open: (target) =>
        this.simulation.call(process, {
          service: 'EKS',
          what: 'credentials',
          apply: () => ({ server: new URL('https://model.invalid'), ca: '', token: 'token' }),
          failures: [failUnreachable('EKS does not answer', false, target), throttled],
        }),
      identify: () => Promise.reject(new Error('The model has no STS.')),
      forget: () => {},
    };
  }

  exchangeOf(process: Process): Exchange {
    return (request, { target }) =>
      this.simulation.call<Answer>(process, {
        service: 'Kubernetes',
        what: `${request.method} ${request.path.replace(/^\/apis?(\/apps)?\/v1\/namespaces\/[^/]+\//, '').slice(0, 90)}`,
        apply: () => this.answer(request),
        failures: this.failuresOf(request, target),
      });
  }

  /** A person runs `kubectl delete deployment`, sometimes with `--cascade=foreground`. */
  deleteByHand(name: string): boolean {
    const deployment = this.stored.deployment(name);
    if (deployment === undefined) return false;
    this.clusters.collector.delete(deployment, this.random() < 0.3 ? 'Foreground' : 'Background');
    return true;
  }

  /** A person runs `kubectl create deployment`. */
  createByHand(name: string): boolean {
    if (this.stored.deployment(name) !== undefined) return false;
    this.stored.put({ kind: 'Deployment', metadata: this.stored.newMetadata({ name, labels: { app: name } }) });
    return true;
  }

  /** A person replaces a Deployment just before the next request deletes it. */
  replaceBeforeDeletion(name: string): void {
    this.replacedBeforeDeletion.add(name);
  }

  private failuresOf(request: Request, target: NamedTarget): readonly Failure<Answer>[] {
    const { name, query } = parsePath(request);
    const isList = request.method === 'GET' && name === undefined;
    // The list of a whole namespace has several pages, and shows the moment of the first one.
    if (!isList || /app(=| in )/.test(query.get('labelSelector') ?? '')) return listFailures(target);
    const stale: Failure<Answer> = {
      name: 'the list is stale',
      applied: false,
      seconds: 0.02,
      answer: () => list(request, this.stored.stale()),
    };
    return [...listFailures(target), stale];
  }

  private async answer(request: Request): Promise<Answer> {
    const { kind, name, rest } = parsePath(request);
    if (rest[0] === 'proxy') return this.clusters.request(name?.split(':')[0] ?? '', request);
    if (rest[0] === 'log') return respondOk('java.lang.Exception: boom');
    switch (request.method) {
      case 'POST':
        return this.create(request.json as KubernetesObject, request.path.includes('dryRun=All'));
      case 'DELETE':
        return this.remove(kind, name ?? '', request);
      case 'GET': {
        if (name === undefined) return list(request, this.objects);
        const object = this.objects.get(`${kind}/${name}`);
        if (object === undefined) return respondStatus(404, `${kind} ${name} not found`);
        const isEmptied = this.without === 'stored checkpoints' && /-[0-9a-f]{32}-config-map$/.test(name);
        return respondOk({ ...structuredClone(object), ...(isEmptied ? { data: {} } : {}) });
      }
      case 'PATCH':
      default:
        return respondStatus(405, 'nothing is patched');
    }
  }

  private create(object: KubernetesObject, isDryRun: boolean): Answer {
    const { name } = object.metadata;
    if (this.objects.has(`${object.kind}/${name}`)) return respondStatus(409, `${object.kind} ${name} already exists`);
    const created = { ...object, metadata: this.stored.newMetadata(object.metadata) };
    if (isDryRun) return respondOk(created, 201);
    this.stored.put(created);
    if (object.kind === 'Deployment') {
      this.watchers.onCreate(created);
      this.clusters.start(created);
    } else this.clusters.collector.collectNew(created);
    return respondOk(structuredClone(created), 201);
  }

  private remove(kind: string, name: string, { json }: Request): Answer {
    if (kind === 'Deployment' && this.replacedBeforeDeletion.delete(name)) this.replace(name);
    const object = this.objects.get(`${kind}/${name}`);
    if (object === undefined) return respondStatus(404, `${kind} ${name} not found`);
    const expected = (json as { preconditions?: { uid?: string } } | undefined)?.preconditions?.uid;
    if (expected !== undefined && expected !== object.metadata.uid && this.without !== 'uid precondition')
      return respondStatus(409, 'the uid is another');
    if (kind === 'Deployment' && object.metadata.deletionTimestamp === undefined) this.watchers.onDelete(object);
    const { propagationPolicy = 'Background' } = json as { propagationPolicy?: Propagation };
    this.clusters.collector.delete(object, propagationPolicy);
    return respondOk({});
  }

  private replace(name: string): void {
    for (const [key, object] of this.objects)
      if (key === `Deployment/${name}` || object.metadata.ownerReferences.some((owner) => owner.name === name))
        this.clusters.collector.drop(object);
    this.createByHand(name);
  }
}

const parsePath = ({ path }: Request) => {
  const [pathname = '', query = ''] = path.split('?');
  const parts = pathname.split('/').filter(Boolean).map(decodeURIComponent);
  const [, , plural = '', name, ...rest] = parts.slice(parts.indexOf('namespaces'));
  return { kind: kinds[plural] ?? plural, name, rest, query: new URLSearchParams(query) };
};

const list = (request: Request, objects: Objects): Answer => {
  const { kind, query } = parsePath(request);
  const isSelected = parseSelector(query.get('labelSelector') ?? '');
  const name = /^metadata\.name=(.*)$/.exec(query.get('fieldSelector') ?? '')?.[1];
  const items = [...objects.values()].filter(
    ({ kind: own, metadata }) =>
      own === kind && isSelected(metadata.labels) && (name === undefined || metadata.name === name),
  );
  const isTable = request.accept?.includes('as=Table') === true;
  if (isTable) return respondOk(toPodTable(items));
  const isEmptyMetadata = items.length === 0 && request.accept?.includes('as=PartialObjectMetadataList') === true;
  return respondOk({ items: isEmptyMetadata ? null : structuredClone(items), metadata: {} });
};

/** Requirements of the forms `key=value` and `key in (one,other)`. */
const parseSelector = (text: string) => {
  const requirements = [...text.matchAll(/([^,=\s]+)(?:=([^,]*)| in \(([^)]*)\))/g)].map(
    ([, key = '', value, values]) => ({ key, values: value === undefined ? (values?.split(',') ?? []) : [value] }),
  );
  return (labels: Readonly<Record<string, string>>) =>
    requirements.every(({ key, values }) => values.includes(labels[key] ?? ''));
};
