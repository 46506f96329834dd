import { randomUUID } from 'node:crypto';

import { GetQueueAttributesCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';

import { maskMessage } from '#events/mask-message.ts';
import type { Cluster } from '#events/records/cluster.ts';
import type { Rejection } from '#events/records/transitions.ts';

import { known, message, output, queues, send, spec, stopAfterAll } from '../support/queue-messages.ts';
import {
  call,
  clusterPath,
  deploy,
  readEvents,
  listStateChanges,
  freshId,
  kubectl,
  listObjects,
  stop,
  system,
  until,
  untilState,
} from '../support/system.ts';

const started = stopAfterAll();

/** The objects of a cluster without defaults of the server, and without the names of the cluster and its operation. */
const objects = async (clusterId: string) => {
  const text = await kubectl(
    'get',
    'deployment,service,configmap',
    '-n',
    system.namespace,
    '-l',
    `app=${clusterId}`,
    '-o',
    'yaml',
  );
  const unnamed = text.replaceAll(clusterId, 'ID').replaceAll(/(?<=drey\.dev\/operation: )\w+/g, 'ID');
  const [list] = parseAllDocuments(unnamed);
  const { items } = (list?.toJS() ?? { items: [] }) as {
    items: { kind: string; metadata: Record<string, unknown>; spec?: Record<string, unknown>; status?: unknown }[];
  };
  return items.map(({ status: _status, metadata, spec, ...rest }) => {
    const {
      uid: _uid,
      resourceVersion: _version,
      creationTimestamp: _time,
      managedFields: _fields,
      generation: _generation,
      annotations: _annotations,
      ownerReferences,
      ...kept
    } = metadata;
    const { clusterIP: _ip, clusterIPs: _ips, ...keptSpec } = spec ?? {};
    return { ...rest, metadata: kept, owned: ownerReferences !== undefined, spec: keptSpec };
  });
};

describe('a deploy', () => {
  it('creates the same objects from HTTP and from the queue', async () => {
    const [byHttp, byQueue] = [freshId('origin'), freshId('origin')];
    started.push(byHttp, byQueue);

    const answer = await deploy({ ...spec, clusterId: byHttp });
    await send(message('deploy', byQueue, spec), `targets/${system.target}/clusters/${byQueue}`);
    await known(byQueue);
    await until(
      async () => (await listObjects(byQueue)).filter((name) => /^(service|configmap)/.test(name)).length,
      (count) => count === 3,
    );

    expect(answer.status).toBe(202);
    expect(answer.headers.get('location')).toBe(
      `/v1/targets/${system.target}/operations/${answer.body.operation.operationId}`,
    );
    expect((await objects(byHttp)).map(({ kind }) => kind).toSorted()).toEqual([
      'ConfigMap',
      'Deployment',
      'Service',
      'Service',
    ]);
    expect(await objects(byQueue)).toEqual(await objects(byHttp));
  });

  it('has one effect for three messages of the same id', async () => {
    const clusterId = freshId('thrice');
    started.push(clusterId);
    const same = message('deploy', clusterId, spec);

    for (let time = 0; time < 3; time += 1) await send(same, same.subject);
    await known(clusterId);
    await until(
      async () => listStateChanges(clusterId).length,
      (count) => count >= 2,
    );

    const requested = listStateChanges(clusterId).filter(({ detail }) => detail['to'] === 'REQUESTED');
    expect(requested).toHaveLength(1);
  });

  it('has one effect and one response for two concurrent requests with the same key', async () => {
    const clusterId = freshId('twice');
    started.push(clusterId);
    const key = { 'idempotency-key': randomUUID() };

    const [one, other] = await Promise.all([deploy({ ...spec, clusterId }, key), deploy({ ...spec, clusterId }, key)]);

    expect([one.status, other.status]).toEqual([202, 202]);
    expect(one.body.operation.operationId).toBe(other.body.operation.operationId);
    const changed = await deploy({ ...spec, clusterId, labels: { team: 'other' } }, key);
    expect(changed).toMatchObject({ status: 422, body: { code: 'key-reused' } });
  });

  it('is rejected for the id of a live cluster, with its operation', async () => {
    const clusterId = freshId('taken');
    started.push(clusterId);
    const first = await deploy({ ...spec, clusterId });

    const second = await deploy({ ...spec, clusterId });

    expect(second).toMatchObject({
      status: 409,
      body: { code: 'id-taken', operationId: first.body.operation.operationId },
    });
  });

  it('generates an id when none is given', async () => {
    const answer = await deploy(spec);
    started.push(answer.body.operation.clusterId);

    expect(answer.body.operation.clusterId).toMatch(/^flink-cluster-[0-9a-f]{31}$/);
  });
});

describe('a stop', () => {
  it('overtakes a deploy in progress, and leaves nothing', async () => {
    const clusterId = freshId('early');
    const accepted = await deploy({ ...spec, clusterId });

    const stopped = await stop(clusterId, { reason: 'Changed my mind' });
    const cluster = await untilState(clusterId, 'STOPPED');

    expect(stopped.status).toBe(202);
    expect(cluster).toMatchObject({ reason: 'Changed my mind' });
    expect(
      await call('GET', `/v1/targets/${system.target}/operations/${accepted.body.operation.operationId}`),
    ).toMatchObject({
      body: { state: 'CANCELED', problem: { code: 'superseded' } },
    });
    expect(await listObjects(clusterId)).toEqual([]);
    expect(
      (await call<{ clusters: Cluster[] }>('GET', `/v1/targets/${system.target}/clusters`)).body.clusters.map(
        (live) => live.clusterId,
      ),
    ).not.toContain(clusterId);
  });

  it('frees the id for another incarnation, which continues the sequence', async () => {
    const clusterId = freshId('again');
    await deploy({ ...spec, clusterId });
    await stop(clusterId);
    const before = await untilState(clusterId, 'STOPPED');
    started.push(clusterId);

    const again = await deploy({ ...spec, clusterId });

    expect(again.status).toBe(202);
    expect(again.body.cluster?.sequence).toBeGreaterThan(before.sequence); // the answer has REQUESTED, and usually DEPLOYING
    const { body } = await call<{ transitions: { sequence: number }[] }>('GET', `${clusterPath(clusterId)}/events`);
    const { length } = body.transitions;
    expect(length).toBeGreaterThan(before.sequence);
    expect(body.transitions.map(({ sequence }) => sequence)).toEqual(Array.from({ length }, (_, index) => index + 1));
  });
});

describe('an invalid message', () => {
  it.each([
    ['not JSON', 'deploy, please', 'malformed-request'],
    ['of an unknown type', { ...message('explode', 'x', {}) }, 'malformed-request'],
    ['with a bad cluster id', message('deploy', 'Bad_Id', spec), 'malformed-request'],
    ['for an unknown target', { ...message('deploy', 'x', spec), subject: 'targets/nowhere/clusters/x' }, 'not-found'],
    [
      'with a refused option',
      message('deploy', 'x', { ...spec, config: { 'kubernetes.jobmanager.cpu.amount': 'many' } }),
      'refused-option',
    ],
    ['for a session that is not there', message('stop', 'not-there', {}), 'not-found'],
  ])('%s is stored in the rejected queue and published at once', async (_what, body, code) => {
    const { MessageId } = await send(body, `group-${randomUUID()}`);

    const event = await until(
      async () => readEvents().find((candidate) => candidate.detail['id'] === MessageId),
      (found) => found !== undefined,
    );
    expect(event).toMatchObject({ 'detail-type': 'Flink Command Rejected', detail: { problem: { code } } });
    const kept = await until(
      async () => receive(output('RejectedCommandQueueUrl')),
      (found) => found.some(({ rejection }) => rejection.id === MessageId),
    );
    expect(kept.find(({ rejection }) => rejection.id === MessageId)?.message).toBe(
      maskMessage(typeof body === 'string' ? body : JSON.stringify(body)),
    );
  });

  it('leaves nothing in the dead-letter queue', async () => {
    const left = async () => {
      const { Attributes } = await queues.send(
        new GetQueueAttributesCommand({
          QueueUrl: output('CommandDeadLetterQueueUrl'),
          AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
        }),
      );
      return Object.values(Attributes ?? {});
    };

    // Another test file sends a dead letter and redrives it.
    await expect.poll(left, { timeout: 300_000 }).toEqual(['0', '0']);
  });
});

const seen: { readonly rejection: Rejection; readonly message: string }[] = [];
/** The messages that the queue has had so far. */
const receive = async (QueueUrl: string) => {
  const { Messages = [] } = await queues.send(
    new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, VisibilityTimeout: 600 }),
  );
  seen.push(...Messages.map(({ Body = '{}' }) => JSON.parse(Body) as (typeof seen)[number]));
  return seen;
};
