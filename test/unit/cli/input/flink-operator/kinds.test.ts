import { describe, expect, it } from 'vitest';

import { convertResources } from '#cli/input/flink-operator/convert.ts';

import { beginsWith, convert, deployment, sessionJob } from './fixture.ts';

const apiVersion = 'flink.apache.org/v1beta1';

const snapshot = (spec: object) => ({ apiVersion, kind: 'FlinkStateSnapshot', metadata: { name: 'a' }, spec });
const application = { kind: 'FlinkDeployment', name: 'etl' };
const ofApplication = (spec: object) => snapshot({ jobReference: application, ...spec });

describe('the kinds of resources', () => {
  it.each([
    ['spec: must have either savepoint or checkpoint', snapshot({ jobReference: application })],
    ['spec.jobReference: is required', snapshot({ savepoint: {} })],
    ['spec.jobReference.kind: must be', snapshot({ savepoint: {}, jobReference: { kind: 'Job', name: 'a' } })],
    [
      'spec.jobReference.name: is a FlinkSessionJob',
      snapshot({ savepoint: {}, jobReference: { kind: 'FlinkSessionJob', name: 'a' } }),
    ],
    ['spec.savepoint.alreadyExists: Drey does not register', ofApplication({ savepoint: { alreadyExists: true } })],
    ['spec.savepoint.disposeOnDelete: Drey stores no', ofApplication({ savepoint: { disposeOnDelete: true } })],
    ['spec.savepoint.formatType: ', ofApplication({ savepoint: { formatType: 'UNKNOWN' } })],
    ['spec.savepoint.path: ', ofApplication({ savepoint: { path: 'savepoints' } })],
    ['spec.checkpoint.checkpointType: must be', ofApplication({ checkpoint: { checkpointType: 'UNKNOWN' } })],
    ['kind: Drey has no blue-green', { apiVersion, kind: 'FlinkBlueGreenDeployment', spec: {} }],
    ['kind: Other is not a kind', { apiVersion, kind: 'Other' }],
    ['kind: is required', {}],
    ['apiVersion: is flink.apache.org/v1alpha1', { ...deployment(), apiVersion: 'flink.apache.org/v1alpha1' }],
    ['spec: is required', { apiVersion, kind: 'FlinkDeployment', metadata: { name: 'etl' } }],
    ['metadata: must be a map, not text', { ...deployment(), metadata: 'etl' }],
    [': must be a resource of Kubernetes, not text', 'etl'],
    [
      'spec.scaleTargetRef: Drey does not scale',
      {
        apiVersion: 'autoscaling/v2',
        kind: 'HorizontalPodAutoscaler',
        spec: { scaleTargetRef: { apiVersion, kind: 'FlinkDeployment', name: 'etl' } },
      },
    ],
  ])('%s is refused', (refusal, resource) => {
    const { deploy, refusals } = convert(resource);

    expect(deploy).toEqual({});
    expect(refusals[0]).toEqual(beginsWith(refusal));
  });

  it.each([
    [{ apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name: 'state' } }],
    [
      {
        apiVersion: 'autoscaling/v2',
        kind: 'HorizontalPodAutoscaler',
        spec: { scaleTargetRef: { kind: 'Deployment' } },
      },
    ],
    [{ apiVersion, kind: 'FlinkDeployment', metadata: { name: 'a', labels: { 'flink.apache.org/canary': 'true' } } }],
  ])('%j is left out with a note', (resource) => {
    const [conversion] = convertResources([resource]);

    expect(conversion).toMatchObject({ refusals: [], notes: [{}] });
    expect(conversion?.result).toBeUndefined();
  });

  it('are also items of a list, as kubectl prints them', () => {
    const stored = { ...deployment({}, { uid: '1', managedFields: [], resourceVersion: '7' }), status: {} };
    const conversions = convertResources([{ apiVersion: 'v1', kind: 'List', items: [stored, sessionJob()] }]);

    expect(conversions).toMatchObject([
      { resource: 'FlinkDeployment etl', notes: [], result: { kind: 'deploy' } },
      { resource: 'FlinkSessionJob clicks', notes: [], result: { kind: 'job' } },
    ]);
  });

  it('are named by their namespace and name, or by the number of their document', () => {
    const resources = [deployment({}, { namespace: 'flink' }), { kind: 'FlinkDeployment', apiVersion }, 'etl'];

    expect(convertResources(resources).map(({ resource }) => resource)).toEqual([
      'FlinkDeployment flink/etl',
      'Document 2 (FlinkDeployment)',
      'Document 3',
    ]);
  });
});
