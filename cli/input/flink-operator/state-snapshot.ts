import { savepoint } from '#events/commands/savepoints.ts';
import { ClusterId } from '#events/names.ts';
import { describeInput } from '#events/problems/issues.ts';

import { parseBody } from './body.ts';
import { noteFields, noteUnknownFields, readSection, readText, type Section } from './findings.ts';

/** A snapshot of one job, as a `FlinkStateSnapshot` asks for it. */
export interface ConvertedSnapshot {
  readonly kind: 'savepoint' | 'checkpoint';
  readonly clusterId: string;
  /** The name of the `FlinkSessionJob`. Undefined: the job of an application. */
  readonly sessionJob: string | undefined;
  /** The body of the command. */
  readonly body: { readonly directory?: string; readonly format?: string; readonly full?: boolean };
}

/** Finds the session of a `FlinkSessionJob` of the files. */
export type FindSession = (name: string) => string | undefined;

/** The job ID of the command, which only the cluster knows. */
const anyJob = '0'.repeat(32);

/** @see Flink Kubernetes Operator 1.16 `FlinkStateSnapshotSpec` */
export const convertStateSnapshot = (spec: Section, findSession: FindSession): ConvertedSnapshot | undefined => {
  const { findings, path } = spec;
  noteUnknownFields(spec, ['jobReference', 'savepoint', 'checkpoint', 'backoffLimit']);
  noteFields(spec, {
    backoffLimit: 'Drey does not repeat a snapshot that fails. A resource with another name takes another one.',
  });
  const [savepointSpec, checkpointSpec] = [readSection(spec, 'savepoint'), readSection(spec, 'checkpoint')];
  if ((savepointSpec === undefined) === (checkpointSpec === undefined))
    findings.refuse(path, 'must have either savepoint or checkpoint. Write savepoint: {} for a savepoint.');
  // A savepoint that exists has no job.
  const place = savepointSpec?.fields['alreadyExists'] === true ? undefined : readPlace(spec, findSession);
  const converted = savepointSpec === undefined ? toCheckpoint(checkpointSpec) : toSavepoint(savepointSpec);
  return place === undefined || converted === undefined || findings.refusals.length > 0
    ? undefined
    : { ...place, ...converted };
};

const readPlace = (
  spec: Section,
  findSession: FindSession,
): Pick<ConvertedSnapshot, 'clusterId' | 'sessionJob'> | undefined => {
  const reference = readSection(spec, 'jobReference');
  if (reference === undefined) {
    if ((spec.fields['jobReference'] ?? undefined) === undefined)
      spec.findings.refuse([...spec.path, 'jobReference'], 'is required. Name the FlinkDeployment or FlinkSessionJob.');
    return undefined;
  }
  noteUnknownFields(reference, ['kind', 'name']);
  const { findings, path } = reference;
  const [kind, name] = [readText(reference, 'kind'), readText(reference, 'name') ?? ''];
  if (kind !== 'FlinkDeployment' && kind !== 'FlinkSessionJob') {
    findings.refuse([...path, 'kind'], 'must be FlinkDeployment or FlinkSessionJob');
    return undefined;
  }
  if (name === '') findings.refuse([...path, 'name'], 'is required');
  const isApplication = kind === 'FlinkDeployment';
  const clusterId = isApplication ? name : findSession(name);
  if (clusterId === undefined) {
    findings.refuse(
      [...path, 'name'],
      `is a FlinkSessionJob, and only its resource names its session. Add the FlinkSessionJob ${name} to the files, or run \`drey savepoint JOB\`.`,
    );
    return undefined;
  }
  if (name !== '' && !ClusterId.safeParse(clusterId).success)
    findings.refuse([...path, 'name'], `'${clusterId}' is not the ID of a cluster of Drey.`);
  return { clusterId, sessionJob: isApplication ? undefined : name };
};

type Converted = Pick<ConvertedSnapshot, 'kind' | 'body'>;

const toSavepoint = (section: Section): Converted | undefined => {
  const { path, findings } = section;
  noteUnknownFields(section, ['path', 'formatType', 'disposeOnDelete', 'alreadyExists']);
  if (readFlag(section, 'alreadyExists') === true)
    findings.refuse(
      [...path, 'alreadyExists'],
      'Drey does not register savepoints of others. Remove the resource, and write the path as initialSavepointPath of a job.',
    );
  const disposeOnDelete = readFlag(section, 'disposeOnDelete');
  if (disposeOnDelete === true)
    findings.refuse(
      [...path, 'disposeOnDelete'],
      'Drey stores no resource whose deletion could delete the savepoint. Write false, and run `drey snapshots ID dispose SNAPSHOT`.',
    );
  if (disposeOnDelete === undefined)
    findings.note(
      [...path, 'disposeOnDelete'],
      'It is true by default. Drey keeps the savepoint: `drey snapshots ID dispose SNAPSHOT` deletes it.',
    );
  const format = readText(section, 'formatType');
  const directory = readText(section, 'path');
  const body = {
    ...(directory === undefined ? {} : { directory }),
    ...(format === undefined ? {} : { format }),
  };
  const sources = { '': path, '/directory': [...path, 'path'], '/format': [...path, 'formatType'] };
  parseBody(savepoint.data, { body: { jobId: anyJob, ...body }, sources }, findings);
  return { kind: 'savepoint', body };
};

const toCheckpoint = (section: Section | undefined): Converted | undefined => {
  if (section === undefined) return undefined;
  const { path, findings } = section;
  noteUnknownFields(section, ['checkpointType']);
  const type = readText(section, 'checkpointType') ?? 'FULL';
  if (type !== 'FULL' && type !== 'INCREMENTAL')
    findings.refuse([...path, 'checkpointType'], 'must be FULL or INCREMENTAL');
  // Without `full`, Flink takes an incremental one if the job is configured so.
  return { kind: 'checkpoint', body: { full: type === 'FULL' } };
};

const readFlag = ({ fields, path, findings }: Section, name: string): boolean | undefined => {
  const value = fields[name] ?? undefined;
  if (value === undefined || typeof value === 'boolean') return value;
  findings.refuse([...path, name], `must be true or false, not ${describeInput(value)}`);
  return undefined;
};
