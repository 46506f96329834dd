import { createHash } from 'node:crypto';

import { isRecord } from '#events/is-record.ts';

import { noteUnknownFields, readSection, readText, type Section } from './findings.ts';

/** The members of `metadata` that the API server sets, or that no controller reads. */
const ignored =
  'creationTimestamp deletionGracePeriodSeconds deletionTimestamp finalizers generation generateName managedFields ownerReferences resourceVersion selfLink uid'.split(
    ' ',
  );

/** What tools of Kubernetes store in annotations for themselves. */
const toolAnnotation = /^kubectl\.kubernetes\.io\//;

/** Notes what a deploy of Drey has no place for. */
export const noteMetadata = (metadata: Section): void => {
  const { path, findings } = metadata;
  noteUnknownFields(metadata, ['name', 'namespace', 'labels', 'annotations', ...ignored]);
  if (readText(metadata, 'namespace') !== undefined)
    findings.note([...path, 'namespace'], 'A deploy goes to the namespace of its target. Select the target with --at.');
  for (const name of Object.keys(readSection(metadata, 'annotations')?.fields ?? {}))
    if (!toolAnnotation.test(name))
      findings.note([...path, 'annotations', name], 'The annotations of the resource do not reach the pods.');
};

/** The labels of a cluster. Names of Drey have no prefix. */
export const readLabels = (metadata: Section): Readonly<Record<string, unknown>> | undefined => {
  const labels = readSection(metadata, 'labels');
  if (labels === undefined) return undefined;
  const [kept, prefixed] = [
    Object.entries(labels.fields).filter(([name]) => !name.includes('/')),
    Object.keys(labels.fields).filter((name) => name.includes('/')),
  ];
  for (const name of prefixed)
    labels.findings.note(
      [...labels.path, name],
      'A label of Drey has no prefix, and those of the resource do not reach the pods.',
    );
  return kept.length === 0 ? undefined : Object.fromEntries(kept);
};

/** What a resource is, so that applying it twice does nothing twice. */
export interface Identity {
  /** `FlinkSessionJob/default/clicks`. */
  readonly name: string;
  /** SHA-256 of its spec, without the state that it is to have. */
  readonly digest: string;
}

export const toIdentity = (kind: string, metadata: Section, spec: Section): Identity => {
  const { namespace = 'default', name = '' } = metadata.fields;
  const { job, ...fields } = spec.fields;
  const { state: _state, ...program } = isRecord(job) ? job : {};
  const digest = createHash('sha256')
    .update(JSON.stringify({ ...fields, job: program }, sortMembers))
    .digest('hex');
  return { name: `${kind}/${String(namespace)}/${String(name)}`, digest };
};

/** The order of fields means nothing. */
const sortMembers = (_name: string, value: unknown): unknown =>
  isRecord(value)
    ? Object.fromEntries(Object.entries(value).toSorted(([one], [other]) => (one < other ? -1 : 1)))
    : value;
