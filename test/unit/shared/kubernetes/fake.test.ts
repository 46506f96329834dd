import { type ByHand, kubernetesContract } from '#test/contracts/kubernetes.ts';
import { FakeKubernetes } from '#test/fakes/kubernetes.ts';

kubernetesContract('the fake', async () => {
  const kubernetes = new FakeKubernetes();
  return {
    kubernetes,
    aborted: new FakeKubernetes(AbortSignal.abort()),
    namespace: 'flink',
    async create(kind: ByHand, name: string) {
      if (kind === 'Deployment') kubernetes.createByHand(name);
      else if (kind === 'Service') kubernetes.foreign.add(`Service/${name}`);
      else if (name.endsWith('-config-map')) {
        const clusterId = name.replace(/-[^-]+-config-map$/, '');
        kubernetes.highAvailability.set(
          clusterId,
          new Set([...(kubernetes.highAvailability.get(clusterId) ?? []), name]),
        );
      }
    },
    async exists(kind: ByHand, name: string) {
      return kind === 'Deployment' ? kubernetes.clusters.has(name) : kubernetes.foreign.has(`${kind}/${name}`);
    },
    async deleteDeployment(name: string) {
      kubernetes.deleteByHand(name);
    },
    async dispose() {},
  };
});
