import { storeContract } from '#test/contracts/store.ts';
import { FakeStore } from '#test/fakes/store.ts';
import { FakeTargets } from '#test/fakes/targets.ts';

storeContract('the fake', (now) => {
  const store = new FakeStore(now);
  const targets = new FakeTargets(now, store);
  store.isUnchanged = (target) => targets.isUnchanged(target);
  const adapters = { store, targets };
  return { ...adapters, others: adapters };
});
