import { describe, expect, it } from 'vitest';

import type { ClusterInput } from '#shared/flink/manifests/cluster-input.ts';
import { faultOf } from '#test/unit/shared/flink/outcome.ts';

import { render } from '#test/unit/shared/flink/manifests/fixture.ts';

const claimsOption = 'kubernetes.persistent-volume-claims';
const errorsOf = (claims: string, rest: Partial<ClusterInput> = {}) =>
  faultOf(() => render({ [claimsOption]: claims, 'kubernetes.secrets': 'key:/keys' }, rest))?.errors;

describe('claims of Flink 2.3', () => {
  const claims = { [claimsOption]: 'checkpoints.v1:/mnt/checkpoints,models:/mnt/models' };

  it.each([
    [{}, false],
    [{ 'kubernetes.persistent-volume-claim-read-only': 'true' }, true],
  ])('are mounted into the JobManager after its Secrets: %j', (flag, readOnly) => {
    const { pod, container } = render({ ...claims, ...flag, 'kubernetes.secrets': 'key:/keys' });

    expect(pod?.spec?.volumes?.slice(1, 4)).toEqual([
      { name: 'key-volume', secret: { secretName: 'key' } },
      { name: 'checkpoints-v1-pvc', persistentVolumeClaim: { claimName: 'checkpoints.v1', readOnly } },
      { name: 'models-pvc', persistentVolumeClaim: { claimName: 'models', readOnly } },
    ]);
    expect(container?.volumeMounts?.slice(1, 4)).toEqual([
      { name: 'key-volume', mountPath: '/keys' },
      { name: 'checkpoints-v1-pvc', mountPath: '/mnt/checkpoints', readOnly },
      { name: 'models-pvc', mountPath: '/mnt/models', readOnly },
    ]);
  });

  it('reach the JobManager, which mounts them into the TaskManagers', () => {
    expect(render(claims).config).toMatchObject(claims);
  });

  it('are ignored by earlier lines, with a warning', () => {
    const { pod, warnings } = render(claims, { flinkVersion: '2.2' });

    expect(pod?.spec?.volumes?.map(({ name }) => name)).toEqual(['user-artifacts-volume', 'flink-config-volume']);
    expect(warnings).toEqual([`${claimsOption} is not an option of Flink 2.2. Flink 2.3 introduced it.`]);
  });

  it.each([
    ['Data:/data', "'Data' is not the name of a claim; it consists of"],
    [`${'a'.repeat(60)}:/data`, 'has more than 59 characters'],
    ['data:data', "the mount path 'data' of claim data must start with / and have no colon"],
    ['a:/data,b:/data', 'claims a and b have the same mount path /data'],
    ['a.b:/one,a-b:/two', 'claims a.b and a-b have the same volume name a-b-pvc; rename one of them'],
    ['data:/keys', 'the mount path /keys of claim data is already in use; choose another one'],
    ['data:/opt/flink/conf', 'the mount path /opt/flink/conf of claim data is already in use'],
  ])('are refused by name: %s', (text, detail) => {
    const errors = errorsOf(text);

    expect(errors).toEqual([{ pointer: `/config/${claimsOption}`, detail: expect.stringContaining(detail) }]);
  });

  it.each(['jobmanager', 'taskmanager'])('conflict with the volumes of the template of the %s', (pod) => {
    const spec = {
      volumes: [{ name: 'data-pvc', emptyDir: {} }],
      containers: [{ name: 'flink-main-container', volumeMounts: [{ name: 'data-pvc', mountPath: '/data' }] }],
    };
    const errors = errorsOf('data:/data', { podTemplates: { [pod]: { spec } } });

    expect(errors?.map(({ detail }) => detail)).toEqual([
      expect.stringContaining('claim data becomes volume data-pvc, a name that a pod template also uses'),
      expect.stringContaining('the mount path /data of claim data is already in use'),
    ]);
  });
});
