import { sendHttp } from '#test/fakes/origins.ts';
import {
  clusterId,
  listOperations,
  runWorkflows,
  savepointDirectory,
  world,
} from '#test/unit/shared/clusters/fixture.ts';

export const specOf = (image: string, fields: object = {}) => ({
  mode: 'application',
  image,
  job: { jar: 'local:///opt/flink/usrlib/job.jar' },
  ...fields,
});
export const options = { savepointDirectory, stableWithin: '1min' };
export const applied = (image: string, rollout: object = {}, fields: object = {}) => ({
  ...specOf(image, fields),
  rollout: { ...options, ...rollout },
});

export const startFirst = async (fields: object = {}) => {
  await sendHttp('deploy', { clusterId, data: specOf('flink:2.3', fields) }, world);
  await runWorkflows();
};

export const getRollout = () => listOperations().findLast(({ rollout }) => rollout !== undefined);
export const getImage = () =>
  world.kubernetes.cluster(clusterId).manifests?.deployment.spec?.template.spec?.containers.at(-1)?.image;
export const listDeploys = () => listOperations().filter(({ kind }) => kind === 'deploy');
export const listRolloutEvents = () =>
  [...world.store.events.values()].flatMap((event) =>
    event.type === 'Flink Rollout State Change' ? [`${event.detail.state} ${event.detail.phase}`] : [],
  );

/** Every Deployment with this image is in trouble from its creation. */
export const breakImage = (image: string, spoil: () => void) => {
  const { kubernetes } = world;
  const apply = kubernetes.apply.bind(kubernetes);
  kubernetes.apply = async (manifests, operationId) => {
    const created = await apply(manifests, operationId);
    if (getImage() === image) spoil();
    return created;
  };
};

export const failToPull = () =>
  Object.assign(world.kubernetes.cluster(clusterId), {
    ready: false,
    trouble: { reason: 'ImagePullBackOff', message: 'not found', final: true },
  });
