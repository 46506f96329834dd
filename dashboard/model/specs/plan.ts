import type { Plan } from '../../api/types.ts';
import { formatDuration } from '../time.ts';

/** What an apply does to a live cluster. */
export const describeClass = (changes: Plan['changes']): string => {
  if (changes === undefined)
    return 'Changes the live cluster. Its current spec is not stored, so that it cannot be compared';
  if (changes.unchanged) return 'None: the cluster runs this spec';
  return {
    none: 'Changes the record of the cluster. Nothing is restarted',
    rescale: 'Rescales the running job. Nothing is restarted',
    restart: 'Restarts the cluster',
  }[changes.class];
};

/** Where the state of the next start comes from. */
export const describeState = ({ source, path, dropped, ageSeconds }: Plan['state']): string => {
  if (dropped === true) return 'The state is dropped';
  const text = {
    running: 'The jobs run on',
    savepoint: 'A savepoint that the apply takes',
    'last-state': 'The last checkpoint of each job',
    snapshot: 'The last snapshot of the cluster',
    restore: 'As the spec says',
    'high-availability': 'The high-availability data of an earlier cluster with the ID',
    none: 'None: the cluster starts without state',
  }[source];
  const age = ageSeconds === undefined ? '' : `, ${formatDuration(ageSeconds * 1_000)} old`;
  return path === undefined ? text : `${text}: ${path}${age}`;
};

interface KubernetesObject {
  readonly kind: string;
  readonly metadata: { readonly name: string };
}

const isObject = (value: unknown): value is KubernetesObject =>
  typeof value === 'object' && value !== null && 'kind' in value && 'metadata' in value;

/** `Deployment nightly` of each Kubernetes object, in order of creation. */
export const listObjects = (objects: Plan['objects']): readonly string[] =>
  objects.filter(isObject).map(({ kind, metadata }) => `${kind} ${metadata.name}`);
