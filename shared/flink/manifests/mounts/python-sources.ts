import type { PythonSource } from '#events/programs/python.ts';
import { maxConfigMapBytes } from '#events/kubernetes/config-map.ts';
import { Fault } from '#events/problems/problem.ts';
import { getCommonLabels } from '#shared/flink/names.ts';
import { sourceFolder } from '#shared/flink/program/python.ts';

import type { ClusterInput } from '#shared/flink/manifests/cluster-input.ts';
import { type MountedFiles, noFiles } from './mounts.ts';

/** @see Kubernetes, "ConfigMaps" */
const maxKeyLength = 253;

interface Source {
  readonly key: string;
  readonly path: string;
  readonly content: PythonSource;
}

/**
 * The key of a source in a ConfigMap: the path with `..` for each `/` if the key is valid and belongs to no other path,
 * else the number of the source. Only a key with a number begins with a period.
 */
const toKey = (path: string, index: number): string => {
  const key = path.replaceAll('/', '..');
  const isValid = /^(?!.*\.\.)[\w-][\w.-]*(\/[\w-][\w.-]*)*$/.test(path) && key.length <= maxKeyLength;
  return isValid ? key : `.${index}`;
};

/**
 * The Python files that the caller sent. Flink's client has no such files: the JobManager uploads those that the
 * TaskManagers need.
 */
export const renderPythonSources = ({ clusterId, namespace, job }: ClusterInput): MountedFiles => {
  const files = job !== undefined && 'python' in job ? Object.entries(job.python.sources ?? {}) : [];
  if (files.length === 0) return noFiles;
  const sources = files.map(([path, content], index) => ({ key: toKey(path, index), path, content }));
  assertFit(sources);
  const name = `python-sources-${clusterId}`;
  const data = sources.flatMap(({ key, content }) => (typeof content === 'string' ? [[key, content] as const] : []));
  const binaryData = sources.flatMap(({ key, content }) =>
    typeof content === 'string' ? [] : [[key, content.base64] as const],
  );
  return {
    mounts: [
      {
        volume: {
          name: 'python-sources-volume',
          configMap: { name, items: sources.map(({ key, path }) => ({ key, path })) },
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
const assertFit = (sources: readonly Source[]): void => {
  const bytes = sources.map(({ key, content }) => key.length + sizeOf(content)).reduce((sum, size) => sum + size, 0);
  if (bytes <= maxConfigMapBytes) return;
  const detail = `have ${bytes} bytes; together they have at most ${maxConfigMapBytes}. Put large files into the image, or into a file system of the image such as s3://`;
  throw new Fault('refused-option', `The sources of the Python program ${detail}.`, {
    errors: [{ pointer: '/job/python/sources', detail }],
  });
};

const sizeOf = (source: PythonSource): number =>
  typeof source === 'string' ? Buffer.byteLength(source) : Buffer.byteLength(source.base64, 'base64');
