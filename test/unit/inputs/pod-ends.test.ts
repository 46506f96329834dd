import { expect, it } from 'vitest';

import type { ClusterInput } from '#shared/flink/manifests/cluster-input.ts';
import { renderCluster } from '#shared/flink/manifests/render-cluster.ts';
import { faultOf } from '#test/unit/shared/flink/outcome.ts';

const input: ClusterInput = { mode: 'session', clusterId: 'nest', namespace: 'trees', config: {} };

it.each(['default', 'jobmanager', 'taskmanager'])('pods of the template %s end with their cluster', (name) => {
  const find = (template: object) =>
    faultOf(() => renderCluster({ ...input, podTemplates: { [name]: template } }))?.errors.map(
      ({ pointer }) => pointer,
    );

  expect(find({ metadata: { finalizers: ['example.com/keep'] } })).toEqual([
    `/podTemplates/${name}/metadata/finalizers`,
  ]);
  expect(find({ spec: { terminationGracePeriodSeconds: 3601 } })).toEqual([
    `/podTemplates/${name}/spec/terminationGracePeriodSeconds`,
  ]);
  expect(find({ metadata: { finalizers: [] }, spec: { terminationGracePeriodSeconds: 3600 } })).toBeUndefined();
});
