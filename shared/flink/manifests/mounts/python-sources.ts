import { type PythonSource, toSourceKey } from '#events/programs/python.ts';
import { maxConfigMapBytes } from '#events/kubernetes/config-map.ts';
import { Fault } from '#events/problems/problem.ts';
import { getCommonLabels } from '#shared/flink/names.ts';
import { sourceFolder } from '#shared/flink/program/python.ts';

import type { ClusterInput } from '#shared/flink/manifests/cluster-input.ts';
import { type MountedFiles, noFiles } from './mounts.ts';

/**
 * The Python files that the caller sent. Flink's client has no such files: the JobManager uploads those that the
 * TaskManagers need.
 */
export const renderPythonSources = ({ clusterId, namespace, job }: ClusterInput): MountedFiles => {
  const sources = job !== undefined && 'python' in job ? Object.entries(job.python.sources ?? {}) : [];
  if (sources.length === 0) return noFiles;
  assertFit(sources);
  const name = `python-sources-${clusterId}`;
  const data = sources.flatMap(([path, source]) =>
    typeof source === 'string' ? [[toSourceKey(path), source] as const] : [],
  );
  const binaryData = sources.flatMap(([path, source]) =>
    typeof source === 'string' ? [] : [[toSourceKey(path), source.base64] as const],
  );
  return {
    mounts: [
      {
        volume: {
          name: 'python-sources-volume',
          configMap: { name, items: sources.map(([path]) => ({ key: toSourceKey(path), path })) },
        },
        mountPath: sourceFolder,
      },
    ],
    objects: [
      {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name, namespace, labels: getCommonLabels(clusterId) },
        data: Object.fromEntries(data),
        ...(binaryData.length === 0 ? {} : { binaryData: Object.fromEntries(binaryData) }),
      },
    ],
  };
};

/** @throws Fault `refused-option` when the sources do not fit into a ConfigMap. */
const assertFit = (sources: readonly (readonly [path: string, source: PythonSource])[]): void => {
  const bytes = sources.map(([path, source]) => path.length + sizeOf(source)).reduce((sum, size) => sum + size, 0);
  if (bytes <= maxConfigMapBytes) return;
  const detail = `have ${bytes} bytes; together they have at most ${maxConfigMapBytes}. Put large files into the image, or into a file system of the image such as s3://`;
  throw new Fault('refused-option', `The sources of the Python program ${detail}.`, {
    errors: [{ pointer: '/job/python/sources', detail }],
  });
};

const sizeOf = (source: PythonSource): number =>
  typeof source === 'string' ? Buffer.byteLength(source) : Buffer.byteLength(source.base64, 'base64');
