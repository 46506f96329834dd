import type { V1ConfigMap } from '@kubernetes/client-node';

import { expect } from 'vitest';

import type { FlinkVersion } from '#events/flink-version.ts';
import { Fault } from '#events/problems/problem.ts';
import type { Manifests } from '#shared/flink/manifests/manifests.ts';
import type { ClusterInput } from '#shared/flink/manifests/cluster-input.ts';
import { type ClusterManifests, renderCluster } from '#shared/flink/manifests/render-cluster.ts';

import { refused } from './batches.ts';

/** The objects of a cluster, or the refusal. */
export const deploy = (
  flinkVersion: FlinkVersion,
  input: Pick<ClusterInput, 'config' | 'job' | 'podTemplates' | 'folder' | 'defaults'>,
): ClusterManifests | Fault => {
  try {
    return renderCluster({
      mode: input.job === undefined ? 'session' : 'application',
      clusterId: 'nest',
      namespace: 'trees',
      flinkVersion,
      ...input,
    });
  } catch (error) {
    if (error instanceof Fault && error.code === 'refused-option') return error;
    throw error;
  }
};

/** Marks a case as refused. The refusal must name one of the options or fields. */
export const expectRefusal = (fault: Fault, names: readonly string[]): typeof refused => {
  const said = JSON.stringify([fault.message, fault.errors]);
  if (!names.some((name) => said.includes(name))) expect(said).toContain(names.join(' or '));
  return refused;
};

/** Whether a warning begins with the name of the option. */
export const isWarned = ({ warnings }: ClusterManifests, option: string): boolean =>
  warnings.some((warning) => warning.startsWith(option));

/** The file of the ConfigMap with this name. */
export const getFile = ({ dependents }: Manifests, name: string): string => {
  const files = dependents.filter((object): object is V1ConfigMap => object.kind === 'ConfigMap');
  return files.map(({ data }) => data?.[name]).find((content) => content !== undefined) ?? '';
};

/** The container and the pod of the JobManager. */
export const getJobManager = ({ deployment }: Manifests) => {
  const { metadata = {}, spec } = deployment.spec?.template ?? {};
  const container = spec?.containers.find(({ name }) => name === 'flink-main-container');
  return {
    env: Object.fromEntries((container?.env ?? []).map(({ name, value }) => [name, value])),
    labels: metadata.labels ?? {},
    annotations: metadata.annotations ?? {},
    nodeSelector: spec?.nodeSelector ?? {},
  };
};
