import { inspectionContract } from '#test/contracts/inspection.ts';
import { FakeInspection } from '#test/fakes/inspection.ts';

inspectionContract('the fake', async () => {
  const stranger = new FakeInspection();
  stranger.rules = [];
  return { inspection: new FakeInspection(), stranger, dispose: async () => {} };
});
