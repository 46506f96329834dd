import { storeContract } from '#test/contracts/store.ts';
import { FakeStore } from '#test/fakes/store.ts';
import { FakeTargets } from '#test/fakes/targets.ts';

storeContract('the fake', (now) => {
  const adapters = { store: new FakeStore(now), targets: new FakeTargets(now) };
  return { ...adapters, others: adapters };
});
