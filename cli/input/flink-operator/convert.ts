import { deploy } from '#events/commands/deploy.ts';
import { submit, type SubmitData } from '#events/commands/submit.ts';
import { isRecord } from '#events/is-record.ts';
import { ClusterId } from '#events/names.ts';
import { describeInput } from '#events/problems/issues.ts';
import * as z from 'zod';

import { type ConvertedBody, noteDeployErrors, parseBody } from './body.ts';
import { readConfiguration, type SourcedConfig } from './configuration.ts';
import { type ConvertedDeployment, convertDeployment } from './deployment.ts';
import { createFindings, type Findings, noteUnknownFields, readSection, readText, type Section } from './findings.ts';
import { type Identity, noteMetadata, toIdentity } from './metadata.ts';
import { convertSessionJob } from './session-job.ts';
import { type ConvertedSnapshot, convertStateSnapshot } from './state-snapshot.ts';

/** A resource after its conversion. */
export interface Conversion extends Pick<Findings, 'refusals' | 'notes'> {
  /** `FlinkDeployment default/etl`, or the number of the document without a name. */
  readonly resource: string;
  /** Undefined when the resource is refused, or when nothing runs because of it. */
  readonly result?:
    | {
        readonly kind: 'deploy';
        readonly deploy: ConvertedBody['body'];
        readonly rollout: ConvertedDeployment['rollout'];
      }
    | {
        /** An application that is not to run. */
        readonly kind: 'suspend';
        readonly clusterId: string;
        readonly state: string | undefined;
      }
    | { readonly kind: 'snapshot'; readonly identity: Identity; readonly snapshot: ConvertedSnapshot }
    | {
        readonly kind: 'job';
        readonly identity: Identity;
        readonly clusterId: string;
        readonly jarURI: string;
        readonly isSuspended: boolean;
        readonly keepsState: boolean;
        /** A session of Drey runs jars that its callers upload. */
        readonly submit: Omit<SubmitData, 'jar'>;
      };
}

/** What a resource becomes, unless it is a deploy. */
export type OperatorResource = Exclude<NonNullable<Conversion['result']>, { readonly kind: 'deploy' }>;

/**
 * Converts resources of the Flink Kubernetes Operator (flink.apache.org/v1beta1).
 *
 * @param documents The documents of the files. Those of a kind that ends with List are their items.
 */
export const convertResources = (documents: readonly unknown[]): readonly Conversion[] => {
  const resources = documents.flatMap(listItems);
  return resources.map((resource, index) => convertResource(resource, { index, resources }));
};

const listItems = (document: unknown): readonly unknown[] => {
  if (!isRecord(document)) return [document];
  const { kind, items } = document;
  return String(kind).endsWith('List') && Array.isArray(items) ? items.flatMap(listItems) : [document];
};

interface Place {
  readonly index: number;
  readonly resources: readonly unknown[];
}

const operatorApi = /^flink\.apache\.org\//;
const version = 'flink.apache.org/v1beta1';

const convertResource = (resource: unknown, place: Place): Conversion => {
  const findings = createFindings();
  if (!isRecord(resource)) {
    findings.refuse([], `must be a resource of Kubernetes, not ${describeInput(resource)}`);
    return { resource: `Document ${place.index + 1}`, ...findings };
  }
  const section = { fields: resource, path: [], findings };
  const [kind, api] = [readText(section, 'kind') ?? '', readText(section, 'apiVersion') ?? ''];
  const metadata = readSection(section, 'metadata') ?? { fields: {}, path: ['metadata'], findings };
  const described = { resource: describeResource(kind, metadata, place) };
  if (operatorApi.test(api) && api !== version)
    findings.refuse(['apiVersion'], `is ${api}. Write ${version}, the version that the operator serves.`);
  else if (operatorApi.test(api)) {
    const result = convertKind(kind, { section, metadata, resources: place.resources });
    if (result !== undefined && findings.refusals.length === 0) return { ...described, ...findings, result };
  } else reportForeign(kind, section);
  return { ...described, ...findings };
};

const describeResource = (kind: string, metadata: Section, { index }: Place): string => {
  const [namespace, name] = (['namespace', 'name'] as const).map((field) => metadata.fields[field]);
  if (typeof name !== 'string') return `Document ${index + 1}${kind === '' ? '' : ` (${kind})`}`;
  return `${kind} ${typeof namespace === 'string' ? `${namespace}/` : ''}${name}`;
};

/** Resources of other controllers stay as they are. Only a scaler changes what a job runs on. */
const reportForeign = (kind: string, { fields, findings }: Section): void => {
  const target = isRecord(fields['spec']) ? fields['spec']['scaleTargetRef'] : undefined;
  if (isRecord(target) && operatorApi.test(String(target['apiVersion'])))
    findings.refuse(
      ['spec', 'scaleTargetRef'],
      'Drey does not scale clusters. Remove the resource, and set job.parallelism.',
    );
  else if (kind === '') findings.refuse(['kind'], 'is required: FlinkDeployment or FlinkSessionJob');
  else
    findings.note(
      [],
      'is not a resource of the operator, and is not converted. If pods need it, create it with kubectl.',
    );
};

interface Resource {
  readonly section: Section;
  readonly metadata: Section;
  readonly resources: readonly unknown[];
}

const convertKind = (kind: string, { section, metadata, resources }: Resource): Conversion['result'] => {
  const { findings } = section;
  const refusal = refusedKinds[kind];
  if (refusal !== undefined) {
    findings.refuse(['kind'], refusal);
    return undefined;
  }
  if (kind !== 'FlinkDeployment' && kind !== 'FlinkSessionJob' && kind !== 'FlinkStateSnapshot') {
    findings.refuse(['kind'], `${kind} is not a kind of ${version}`);
    return undefined;
  }
  noteMetadata(metadata);
  noteUnknownFields(section, ['apiVersion', 'kind', 'metadata', 'spec', 'status']);
  const spec = readSection(section, 'spec');
  if (spec === undefined) {
    reportMissingSpec(section, metadata);
    return undefined;
  }
  if (kind === 'FlinkDeployment') return toDeploy(metadata, spec);
  const identity = toIdentity(kind, metadata, spec);
  if (kind === 'FlinkSessionJob') return toJob({ metadata, spec, identity }, findSession(metadata, spec, resources));
  const snapshot = convertStateSnapshot(spec, (name) => findSessionOfJob(name, metadata, resources));
  return snapshot && { kind: 'snapshot', identity, snapshot };
};

const refusedKinds: Readonly<Record<string, string>> = {
  FlinkBlueGreenDeployment:
    'Drey has no blue-green deployment. Write its template as a FlinkDeployment, which Drey deploys as one cluster.',
};

/** The operator checks its own health with such a resource. */
const canaryLabel = 'flink.apache.org/canary';

const reportMissingSpec = ({ findings }: Section, metadata: Section): void => {
  const { labels } = metadata.fields;
  if (isRecord(labels) && String(labels[canaryLabel]) === 'true')
    findings.note(
      ['metadata', 'labels', canaryLabel],
      'The operator starts nothing for its canary, and Drey needs none.',
    );
  else findings.refuse(['spec'], 'is required');
};

const toDeploy = (metadata: Section, spec: Section): Conversion['result'] => {
  const converted = convertDeployment(metadata, spec);
  const data = parseBody(deploy.data, converted, spec.findings);
  if (data === undefined || spec.findings.refusals.length > 0) return undefined;
  if (converted.isSuspended)
    return { kind: 'suspend', clusterId: data.clusterId ?? '', state: converted.rollout.state };
  noteDeployErrors(data, converted, spec.findings);
  // Parts of a common pod template are one object, which YAML would write as an alias.
  return { kind: 'deploy', deploy: JSON.parse(JSON.stringify(converted.body)), rollout: converted.rollout };
};

/** Stands for the jar that the caller uploads. */
const uploadedJar = 's3://bucket/job.jar';

interface SessionJob {
  readonly metadata: Section;
  readonly spec: Section;
  readonly identity: Identity;
}

const toJob = ({ metadata, spec, identity }: SessionJob, session: SourcedConfig | undefined): Conversion['result'] => {
  const { clusterId, body, sources, ...options } = convertSessionJob(metadata, spec, session);
  const { findings, path } = spec;
  const data = parseBody(submit.data, { body: { jar: uploadedJar, ...body }, sources }, findings);
  const named = { body: { deploymentName: clusterId }, sources: { '': path } };
  parseBody(z.strictObject({ deploymentName: ClusterId }), named, findings);
  if (data === undefined) return undefined;
  const { jar: _jar, ...job } = data;
  return { kind: 'job', identity, clusterId, ...options, submit: job };
};

/** The options of the session of a job, if the files have it. Its own conversion reports its mistakes. */
const findSession = (metadata: Section, spec: Section, resources: readonly unknown[]): SourcedConfig | undefined => {
  const name = spec.fields['deploymentName'];
  const session = findSpec({ kind: 'FlinkDeployment', name, namespace: metadata.fields['namespace'] }, resources);
  if (session === undefined) return undefined;
  return readConfiguration({ fields: session, path: ['spec'], findings: createFindings() }).flink;
};

/** The session of a job that the files have. */
const findSessionOfJob = (name: string, metadata: Section, resources: readonly unknown[]): string | undefined => {
  const job = findSpec({ kind: 'FlinkSessionJob', name, namespace: metadata.fields['namespace'] }, resources);
  return typeof job?.['deploymentName'] === 'string' ? job['deploymentName'] : undefined;
};

interface Named {
  readonly kind: string;
  readonly name: unknown;
  readonly namespace: unknown;
}

const findSpec = (
  { kind, name, namespace }: Named,
  resources: readonly unknown[],
): Readonly<Record<string, unknown>> | undefined => {
  const found = resources.find(
    (one) =>
      isRecord(one) &&
      one['kind'] === kind &&
      isRecord(one['metadata']) &&
      one['metadata']['name'] === name &&
      one['metadata']['namespace'] === namespace,
  );
  return isRecord(found) && isRecord(found['spec']) ? found['spec'] : undefined;
};
