import { storeContract } from '#test/contracts/store.ts';
import { FakeStore } from '#test/fakes/store.ts';
import { FakeTargets } from '#test/fakes/targets.ts';

storeContract('the fake', (now) => {
  const store = new FakeStore(now);
  const adapters = { store, targets: new FakeTargets(now, store) };
  return { ...adapters, others: adapters };
});
