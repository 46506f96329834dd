import { describe, expect, it } from 'vitest';

import { sendHttp } from '#test/fakes/origins.ts';
import { clusterId, runWorkflows, savepointDirectory, world } from '#test/unit/shared/clusters/fixture.ts';

import { applied, breakImage, failToPull, getRollout, listDeploys, startFirst } from './rollout-fixture.ts';

const applyNext = async (rollout: object = {}) => {
  await sendHttp('apply', { clusterId, data: applied('flink:2.3.1', rollout) }, world);
  await runWorkflows();
};

describe('a rollout', () => {
  it('says that it has dropped the state', async () => {
    await startFirst();
    await applyNext({ state: 'none' });

    expect(getRollout()).toMatchObject({ state: 'SUCCEEDED', rollout: { to: 2, stateDropped: true } });
    expect(getRollout()?.rollout).not.toHaveProperty('snapshot');
  });

  it.each([{}, { fallback: 'none' }])('does not say so when it has kept the state: %j', async (rollout) => {
    await startFirst();
    await applyNext(rollout);

    expect(getRollout()).toMatchObject({ state: 'SUCCEEDED', rollout: { snapshot: { kind: 'savepoint' } } });
    expect(getRollout()?.rollout).not.toHaveProperty('stateDropped');
  });

  it('says so also when its rollback starts without state', async () => {
    await startFirst();
    breakImage('flink:2.3.1', failToPull);
    await applyNext({ state: 'none' });

    expect(getRollout()).toMatchObject({ state: 'FAILED', rollout: { rolledBackTo: 1, stateDropped: true } });
    expect(listDeploys().at(-1)?.restoredFrom).toBeUndefined();
  });

  it('says so of a suspended cluster that starts without its state', async () => {
    await startFirst();
    await sendHttp('suspend', { clusterId, data: { savepointDirectory } }, world);
    await runWorkflows();
    await applyNext({ state: 'none' });

    expect(getRollout()).toMatchObject({ kind: 'apply', state: 'SUCCEEDED', rollout: { stateDropped: true } });
  });
});
