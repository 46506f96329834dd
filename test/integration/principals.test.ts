import { describe, expect, it } from 'vitest';

import type { Cluster } from '#events/records/cluster.ts';
import type { Operation } from '#events/records/operation.ts';

import { known, message, send, spec, stopAfterAll } from '../support/queue-messages.ts';
import {
  call,
  clusterPath,
  deploy,
  readEvents,
  listStateChanges,
  listTransitions,
  freshId,
  stop,
  system,
  unschedulable,
  until,
  untilState,
} from '../support/system.ts';

const started = stopAfterAll();

describe('the principal', () => {
  const userArn = 'arn:aws:iam::000000000000:root';
  // The emulator reports every sender by its account.
  const sender = 'sqs:000000000000';
  const readOperation = async (id: string) =>
    (await call<Operation>('GET', `/v1/targets/${system.target}/operations/${id}`)).body;
  /** The principals of the transitions of a cluster, as the API and the bus have them. */
  const listPrincipals = async (clusterId: string, states: number) => {
    const published = await until(
      async () => listStateChanges(clusterId).map(({ detail }) => detail['principal']),
      ({ length }) => length >= states,
    );
    const recorded = (await listTransitions(clusterId)).map(({ principal }) => principal);
    return { recorded: recorded.slice(0, states), published: published.slice(0, states) };
  };

  it('of a request is the caller that signed it, of a message its sender, whatever the message says', async () => {
    const [byHttp, byQueue] = [freshId('caller'), freshId('sender')];
    started.push(byHttp, byQueue);
    const claim = { ...message('deploy', byQueue, spec), principal: userArn, source: userArn };

    const { body } = await deploy({ ...spec, clusterId: byHttp });
    await send(claim, claim.subject);
    await known(byQueue);
    const { body: cluster } = await call<Cluster>('GET', clusterPath(byQueue));

    expect(await readOperation(body.operation.operationId)).toMatchObject({ origin: 'http', principal: userArn });
    expect(await readOperation(cluster.operationId)).toMatchObject({ origin: 'queue', principal: sender });
    expect(await listPrincipals(byHttp, 2)).toEqual({ recorded: [userArn, userArn], published: [userArn, userArn] });
    expect(await listPrincipals(byQueue, 2)).toEqual({ recorded: [sender, sender], published: [sender, sender] });
  });

  it('of a stop is its caller, not the sender of the deploy, also in the event of its verdict', async () => {
    const clusterId = freshId('sent');
    await send(message('deploy', clusterId, spec), `targets/${system.target}/clusters/${clusterId}`);
    await known(clusterId);
    const { body } = await stop(clusterId);
    await untilState(clusterId, 'STOPPED');
    const { recorded } = await listPrincipals(clusterId, 4);
    const finished = await until(
      async () =>
        readEvents().find(({ detail }) => detail['operationId'] === body.operation.operationId && 'verdict' in detail),
      (found) => found !== undefined,
    );

    expect(new Set(recorded.slice(0, -2))).toEqual(new Set([sender]));
    expect(recorded.slice(-2)).toEqual([userArn, userArn]);
    expect(finished).toMatchObject({ 'detail-type': 'Flink Command Finished', detail: { principal: userArn } });
  });

  it('of the items of a batch is the caller of the batch, although Drey sends them through the queue', async () => {
    const name = freshId('days');
    started.push(`${name}-0`);
    const template = { mode: 'application', job: { jar: 'local:///opt/flink/usrlib/etl.jar' }, config: unschedulable };
    const { status } = await call('POST', `/v1/targets/${system.target}/batches`, { name, template, parameters: [{}] });
    await known(`${name}-0`);
    const { body } = await call<Cluster>('GET', clusterPath(`${name}-0`));

    expect(status).toBe(202);
    expect(await readOperation(body.operationId)).toMatchObject({ origin: 'queue', principal: userArn });
  });
});
