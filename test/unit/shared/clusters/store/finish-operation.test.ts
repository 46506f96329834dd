import { describe, expect, it } from 'vitest';

import { Fault } from '#events/problems/problem.ts';
import { failDeploy } from '#shared/clusters/commands/deploy/fail.ts';
import { transitionCluster } from '#shared/clusters/model/cluster.ts';
import { finishOperation } from '#shared/clusters/store/finish-operation.ts';
import { commit } from '#shared/clusters/store/transact.ts';
import { userArn } from '#test/fakes/lambda.ts';
import { sendHttp } from '#test/fakes/origins.ts';
import { clusterId, getCluster, getLastOperation, session, world } from '#test/unit/shared/clusters/fixture.ts';

const requestDeploy = async () => {
  await sendHttp('deploy', { clusterId, data: session }, world);
  return getLastOperation()?.operationId ?? '';
};

const fault = new Fault('deployment-failed', 'The image is missing.');

/** Another process ends the cluster directly after the first read of its record. */
const endClusterAfterRead = () => {
  const read = world.store.cluster.bind(world.store);
  world.store.cluster = async (ref) => {
    const found = await read(ref);
    world.store.cluster = read;
    if (found !== undefined) {
      const at = world.ports.now();
      const { cluster, events } = transitionCluster(found.value, 'FAILED', {
        at,
        principal: userArn,
        message: 'ended elsewhere',
      });
      await commit({ cluster: { value: cluster, previous: found.version }, events }, world.ports);
    }
    return found;
  };
};

describe('the end of an operation', () => {
  it('stays the first one', async () => {
    const operationId = await requestDeploy();
    await finishOperation(operationId, { state: 'FAILED', fault }, world.ports);
    const second = await finishOperation(operationId, { state: 'CANCELED', fault }, world.ports);

    expect(second).toMatchObject({ isFinished: false, operation: { state: 'FAILED' } });
  });

  it('is decided again after a concurrent write', async () => {
    const operationId = await requestDeploy();
    const write = world.store.commit.bind(world.store);
    let conflicts = 2;
    world.store.commit = async (change) => {
      if ((conflicts -= 1) >= 0) throw new Fault('conflict', 'A concurrent command changed the record.');
      await write(change);
    };
    let decisions = 0;
    const { isFinished } = await finishOperation(
      operationId,
      () => ({ end: { state: 'FAILED', fault: new Fault('deployment-failed', `decision ${(decisions += 1)}`) } }),
      world.ports,
    );

    expect(isFinished).toBe(true);
    expect(getLastOperation()?.problem?.detail).toBe('decision 3');
  });

  it('is not written without a decision', async () => {
    const operationId = await requestDeploy();
    const before = getLastOperation();

    expect(await finishOperation(operationId, () => undefined, world.ports)).toMatchObject({ isFinished: false });
    expect(getLastOperation()).toEqual(before);
  });

  it('leaves a cluster as it is when another process ends it after the read', async () => {
    const operationId = await requestDeploy();
    endClusterAfterRead();

    expect(await failDeploy(operationId, fault, world.ports)).toBe(false);
    expect(await getCluster()).toMatchObject({ state: 'FAILED', message: 'ended elsewhere' });
  });
});
