import { expect, it } from 'vitest';

import { sendHttp } from '#test/fakes/origins.ts';
import { clusterId, getCluster, listOperations, runWorkflows, world } from '#test/unit/shared/clusters/fixture.ts';

import { applied } from './rollout-fixture.ts';

it('of two applies of a new ID, the one that comes too late names the other one', async () => {
  await sendHttp('apply', { clusterId, data: applied('flink:2.3') }, world);
  await sendHttp('apply', { clusterId, data: applied('flink:2.3.1') }, world);
  await runWorkflows();

  const applies = listOperations().filter(({ kind }) => kind === 'apply');
  const winner = applies.find(({ state }) => state === 'SUCCEEDED');
  const loser = applies.find(({ state }) => state === 'CANCELED');
  expect(loser?.problem?.detail).toMatch(
    new RegExp(
      `^The (apply|deploy) of operation [0-9a-f]+ has taken the place of the rollout: it deployed cluster ${clusterId}`,
    ),
  );
  expect(winner).toBeDefined();
  expect(await getCluster()).toMatchObject({ state: 'RUNNING', revision: 1 });
});
