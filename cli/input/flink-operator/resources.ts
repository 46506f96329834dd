import { isRecord } from '#events/is-record.ts';
import { parseQuantity } from '#events/kubernetes/quantity.ts';
import { Fault } from '#events/problems/problem.ts';
import { parseMemorySize } from '#shared/flink/syntax.ts';

import type { SourcedConfig } from './configuration.ts';
import { noteUnknownFields, readSection, readText, type FieldPath, type Section } from './findings.ts';

/** The amounts of a container by resource, such as `ephemeral-storage`. */
type Amounts = Readonly<Record<string, unknown>>;

/** What the resources of a JobManager or a TaskManager become. */
export interface ConvertedResources {
  /** CPU, memory and their limit factors. */
  readonly options: SourcedConfig;
  /** What Flink has no options for. The main container of the pod template gets it. */
  readonly requests: Amounts;
  readonly limits: Amounts;
}

const none: ConvertedResources = { options: {}, requests: {}, limits: {} };

/**
 * `resources` of a JobManager or a TaskManager, or else the deprecated `resource`.
 *
 * @see Flink Kubernetes Operator 1.16 `FlinkConfigBuilder`, `ResourceConfigUtils`
 */
export const convertResources = (section: Section, process: 'jobmanager' | 'taskmanager'): ConvertedResources => {
  const resources = readSection(section, 'resources');
  const isSet = ['requests', 'limits'].some((name) => Object.keys(readAmounts(resources, name)).length > 0);
  const resource = readSection(section, 'resource');
  if (resources === undefined || !isSet) return resource === undefined ? none : convertResource(resource, process);
  if (resource !== undefined)
    section.findings.note(resource.path, 'The operator ignores it, because resources is set as well.');
  return convertRequirements(resources, process);
};

const readAmounts = (resources: Section | undefined, name: string): Amounts => {
  const amounts = resources?.fields[name];
  return isRecord(amounts) ? amounts : {};
};

const convertResource = (resource: Section, process: string): ConvertedResources => {
  noteUnknownFields(resource, ['cpu', 'memory', 'ephemeralStorage']);
  const { cpu, memory } = { cpu: readAmount(resource, 'cpu'), memory: readAmount(resource, 'memory') };
  const storage = readText(resource, 'ephemeralStorage');
  const amounts = storage === undefined ? {} : { 'ephemeral-storage': storage };
  return { options: toOptions(process, { cpu, memory }), requests: amounts, limits: amounts };
};

const convertRequirements = (resources: Section, process: string): ConvertedResources => {
  noteUnknownFields(resources, ['requests', 'limits']);
  const [requests, limits] = (['requests', 'limits'] as const).map((name) => readSection(resources, name));
  const [cpu, memory] = (['cpu', 'memory'] as const).map((name) => {
    const request = requests === undefined ? undefined : readAmount(requests, name);
    const limit = limits === undefined ? undefined : readAmount(limits, name);
    if (request === undefined || limit === undefined) return request ?? limit;
    if (request.amount > limit.amount)
      resources.findings.refuse(request.path, `is ${request.given}, more than the limit of ${limit.given}`);
    return { ...request, factor: { value: formatNumber(limit.amount / request.amount), path: limit.path } };
  });
  return {
    options: toOptions(process, { cpu, memory }),
    requests: omitFlinkAmounts(requests),
    limits: omitFlinkAmounts(limits),
  };
};

const omitFlinkAmounts = (amounts: Section | undefined): Amounts =>
  Object.fromEntries(Object.entries(amounts?.fields ?? {}).filter(([name]) => name !== 'cpu' && name !== 'memory'));

interface Amount {
  readonly given: string;
  /** The number of CPUs or bytes. */
  readonly amount: number;
  /** In the syntax of the option of Flink. */
  readonly text: string;
  readonly path: FieldPath;
  /** The limit as a multiple of the request. */
  readonly factor?: { readonly value: string; readonly path: FieldPath };
}

/** @returns undefined for an amount that is missing, and for one that is refused. */
const readAmount = (section: Section, name: 'cpu' | 'memory'): Amount | undefined => {
  const given = readText(section, name);
  if (given === undefined) return undefined;
  const path = [...section.path, name];
  const found = name === 'cpu' ? parseCpu(given) : parseMemory(given);
  if (found !== undefined && found.amount > 0) return { ...found, given, path };
  section.findings.refuse(
    path,
    name === 'cpu' ? `'${given}' is not a number of CPUs such as 500m or 2` : `'${given}' is not a size such as 2Gi`,
  );
  return undefined;
};

const parseCpu = (given: string): Pick<Amount, 'amount' | 'text'> | undefined => {
  const amount = parseQuantity(given);
  return amount === undefined ? undefined : { amount, text: formatNumber(amount) };
};

/** The operator reads a size of Flink first: `1024m` and `1G` are binary. Another text is a quantity of Kubernetes. */
const parseMemory = (given: string): Pick<Amount, 'amount' | 'text'> | undefined => {
  try {
    return { amount: Number(parseMemorySize(given)), text: given };
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
  }
  const quantity = given.replaceAll(/\s/g, '').toUpperCase().replace(/B$/, '').replace(/I$/, 'i');
  const amount = parseQuantity(quantity);
  return amount !== undefined && Number.isSafeInteger(amount) ? { amount, text: formatBytes(amount) } : undefined;
};

const mebibyte = 2 ** 20;

const formatBytes = (bytes: number): string => (bytes % mebibyte === 0 ? `${bytes / mebibyte}m` : `${bytes}b`);

/** Without the error of binary fractions. */
const formatNumber = (amount: number): string => String(Number(amount.toFixed(9)));

const toOptions = (
  process: string,
  { cpu, memory }: { readonly cpu: Amount | undefined; readonly memory: Amount | undefined },
): SourcedConfig =>
  Object.fromEntries(
    [
      [`kubernetes.${process}.cpu.amount`, cpu && { value: cpu.text, path: cpu.path }] as const,
      [`kubernetes.${process}.cpu.limit-factor`, cpu?.factor] as const,
      [`${process}.memory.process.size`, memory && { value: memory.text, path: memory.path }] as const,
      [`kubernetes.${process}.memory.limit-factor`, memory?.factor] as const,
    ].flatMap(([key, sourced]) => (sourced === undefined ? [] : [[key, sourced] as const])),
  );
