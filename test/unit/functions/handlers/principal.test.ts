import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { deployHandler } from '#functions/deploy.ts';
import { handler as openapiHandler } from '#functions/openapi.ts';
import { logger as log } from '#shared/live/log.ts';
import { callHandler, deliverCommands, makeHttpEvent, makeSqsRecord, senderId, userArn } from '#test/fakes/lambda.ts';
import { makeAuthorization } from '#test/fakes/tokens.ts';
import { makeCommandMessage } from '#test/fakes/origins.ts';
import { clusterId, getLastOperation, listOperations, session, world } from '#test/unit/shared/clusters/fixture.ts';

const route = 'POST /v1/targets/{target}/clusters';
const grants = { claim: 'aud', rights: { drey: { local: 'deploy' } } } as const;
/** A deploy of a caller with a token. */
const deployWith = (claims: object) =>
  deployAs({ jwt: { claims, scopes: null } }, {}, { authorization: makeAuthorization(claims) });
const deployAs = (authorizer: unknown, body: object = {}, headers: Readonly<Record<string, string>> = {}) =>
  callHandler(
    deployHandler({ ...world.ports, grants }),
    makeHttpEvent(route, { target: 'local' }, { body: { ...session, clusterId, ...body }, authorizer, headers }),
  );

describe('the principal of a request', () => {
  it('is the ARN of an IAM caller', async () => {
    const iam = { accessKey: 'ASIA', accountId: '000000000000', callerId: 'AROA:ada', userArn, userId: 'AROA:ada' };
    const { body } = await deployAs({ iam });

    expect(body).toMatchObject({ operation: { principal: userArn } });
  });

  it('is the issuer and the subject of a token', async () => {
    const claims = { iss: 'https://login.example.org/', sub: 'ada|1', aud: 'drey' };
    const { body } = await deployWith(claims);

    expect(body).toMatchObject({ operation: { principal: 'jwt:https://login.example.org/#ada|1' } });
  });

  it.each([
    ['no caller', null],
    ['an IAM caller without an ARN', { iam: { accountId: '000000000000' } }],
  ])('is required for a command: %s is an internal error', async (_what, authorizer) => {
    expect(await deployAs(authorizer)).toMatchObject({ status: 500, body: { code: 'internal' } });
    expect(listOperations()).toEqual([]);
  });

  it('cannot be read from a token without a subject, which is refused', async () => {
    const { status, body } = await deployWith({ iss: 'https://login.example.org/', client_id: 'a' });

    expect(status).toBe(400);
    expect(body).toMatchObject({ code: 'malformed-request', detail: expect.stringContaining('has no claim sub') });
    expect(listOperations()).toEqual([]);
  });

  it.each([
    ['no characters', ''],
    ['control characters', 'ada\u001b[2J'],
    ['a line break', 'ada\nprincipal=drey:reconcile'],
    ['bidirectional characters', 'ada\u202egro.elpmaxe'],
    ['invisible characters', 'ada\u200b'],
    ['a line separator', 'ada\u2028'],
  ])('cannot be read from a subject with %s, which is refused', async (_what, sub) => {
    const { status, body } = await deployWith({ iss: 'https://login.example.org/', sub });

    expect(status).toBe(400);
    expect(body).toMatchObject({ code: 'malformed-request', detail: expect.stringContaining('visible characters') });
    expect(listOperations()).toEqual([]);
  });

  it('is not a member of the body', async () => {
    expect(await deployAs({ iam: { userArn } }, { principal: 'arn:aws:iam::000000000000:root' })).toMatchObject({
      status: 400,
    });
  });

  it('is not longer than the record of an operation allows', async () => {
    await deployWith({ iss: 'https://login.example.org/', sub: 'x'.repeat(5_000), aud: 'drey' });

    expect(getLastOperation()?.principal).toHaveLength(700);
  });

  it('is not needed on an open route', async () => {
    const event = makeHttpEvent('GET /health', {}, { authorizer: null });

    expect(await callHandler(openapiHandler, event)).toMatchObject({ status: 200 });
  });
});

describe('the log line of an invocation', () => {
  beforeEach(() => log.setLogLevel('INFO'));
  afterEach(() => {
    log.setLogLevel('CRITICAL');
    vi.restoreAllMocks();
  });

  /** The lines with this message that an action logs. */
  const linesOf = async (message: string, act: () => Promise<unknown>) => {
    const lines: string[] = [];
    vi.spyOn(process.stdout, 'write').mockImplementation((line) => lines.push(String(line)) > 0);
    await act();
    return lines.map((line) => JSON.parse(line) as { message?: string }).filter((line) => line.message === message);
  };

  it('names the caller of a request', async () => {
    expect(await linesOf('request answered', () => deployAs({ iam: { userArn } }))).toMatchObject([
      { principal: userArn, origin: 'http' },
    ]);
  });

  it('says that the caller of an open route is anonymous', async () => {
    const callHealth = () => callHandler(openapiHandler, makeHttpEvent('GET /health', {}, { authorizer: null }));

    expect(await linesOf('request answered', callHealth)).toMatchObject([{ principal: 'anonymous' }]);
  });

  it.each([
    ['command accepted', makeCommandMessage('deploy', { clusterId, data: session })],
    ['command not accepted', makeCommandMessage('stop', { clusterId: 'not-there' })],
  ])('names the sender of a message: %s', async (line, message) => {
    const logged = { ...world.ports, log: { info: logInfo, warn: logInfo, error: logInfo } };

    expect(await linesOf(line, () => deliverCommands([makeSqsRecord(message)], logged))).toMatchObject([
      { principal: `sqs:${senderId}`, origin: 'queue' },
    ]);
  });
});

const logInfo = (message: string, fields: Readonly<Record<string, unknown>> = {}) => log.info(message, fields);

describe('the principal of a message', () => {
  const message = makeCommandMessage('deploy', { clusterId, data: session });
  const role = 'AROA3XFRBF535PLBIFPI4:pipeline';

  it('is the sender that SQS reports', async () => {
    await deliverCommands([makeSqsRecord(message, 'g', 1, { senderId: role })], world.ports);

    expect(getLastOperation()).toMatchObject({ origin: 'queue', principal: `sqs:${role}` });
  });

  it.each([
    ['an attribute of the CloudEvent', { ...message, principal: userArn, source: userArn }, undefined],
    ['a message attribute of another role', message, userArn],
  ])('is not %s', async (_what, body, principal) => {
    const sender = { senderId: role, ...(principal === undefined ? {} : { attributes: { principal } }) };
    await deliverCommands([makeSqsRecord(body, 'g', 1, sender)], world.ports);

    expect(getLastOperation()).toMatchObject({ principal: `sqs:${role}` });
  });

  it('is not a message attribute of a role whose ID begins like one of Drey', async () => {
    const sender = { senderId: 'AROADREYQUEUEX:drey-test-batch', attributes: { principal: userArn } };
    await deliverCommands([makeSqsRecord(message, 'g', 1, sender)], world.ports);

    expect(getLastOperation()).toMatchObject({ principal: `sqs:${sender.senderId}` });
  });

  it('is the message attribute of a function of Drey', async () => {
    const sender = { senderId: 'AROADREYLETTERS:drey-test-deadLetters', attributes: { principal: 'sqs:AIDABOB' } };
    await deliverCommands([makeSqsRecord(message, 'g', 1, sender)], world.ports);

    expect(getLastOperation()).toMatchObject({ principal: 'sqs:AIDABOB' });
  });
});
