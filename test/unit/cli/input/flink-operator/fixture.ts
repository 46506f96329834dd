import { expect } from 'vitest';

import { type Conversion, convertResources } from '#cli/input/flink-operator/convert.ts';

type Fields = Readonly<Record<string, unknown>>;

const size = { resources: { requests: { memory: '2048m', cpu: '1' } } };

/** A deployment of the operator. The fields replace those of its spec; undefined removes one. */
export const deployment = (spec: Fields = {}, metadata: Fields = {}) => ({
  apiVersion: 'flink.apache.org/v1beta1',
  kind: 'FlinkDeployment',
  metadata: { name: 'etl', ...metadata },
  spec: {
    image: 'flink:2.2',
    flinkVersion: 'v2_2',
    serviceAccount: 'flink',
    jobManager: size,
    taskManager: size,
    ...spec,
  },
});

export const job = (fields: Fields = {}) => ({
  jarURI: 'local:///opt/flink/usrlib/etl.jar',
  parallelism: 2,
  ...fields,
});

/** An application of the operator. */
export const application = (fields: Fields = {}, spec: Fields = {}) => deployment({ job: job(fields), ...spec });

/** A job of the operator on a session. */
export const sessionJob = (fields: Fields = {}, spec: Fields = {}, metadata: Fields = {}) => ({
  apiVersion: 'flink.apache.org/v1beta1',
  kind: 'FlinkSessionJob',
  metadata: { name: 'clicks', ...metadata },
  spec: {
    deploymentName: 'etl',
    job: { jarURI: 'https://repo.example.com/clicks.jar', parallelism: 4, ...fields },
    ...spec,
  },
});

export interface Converted {
  /** The body of the deploy. */
  readonly deploy: Fields;
  readonly job: Extract<NonNullable<Conversion['result']>, { readonly kind: 'job' }> | undefined;
  /** `field: detail` of each refusal, and of each note. */
  readonly refusals: readonly string[];
  readonly notes: readonly string[];
}

/** Converts one resource. The files have the others as well. */
export const convert = (resource: unknown, ...others: readonly unknown[]): Converted => {
  const [first] = convertResources([resource, ...others]);
  if (first === undefined) throw new Error('Nothing is converted.');
  const { result, refusals, notes } = first;
  const [refused, noted] = [refusals, notes].map((findings) =>
    findings.map(({ path, detail }) => `${path.join('.')}: ${detail}`),
  );
  return {
    deploy: result?.kind === 'deploy' ? result.deploy : {},
    job: result?.kind === 'job' ? result : undefined,
    refusals: refused ?? [],
    notes: noted ?? [],
  };
};

/** Matches texts that begin with this one. */
export const beginsWith = (text: string): unknown =>
  expect.stringMatching(new RegExp(`^${text.replaceAll(/[$.*+?^{}()|[\]\\]/g, String.raw`\$&`)}`));

/** The options of the deploy. */
export const configOf = (resource: unknown): Fields => convert(resource).deploy['config'] as Fields;
