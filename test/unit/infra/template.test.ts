import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

import { calls } from '#events/api.ts';
import { maxReceives } from '#functions/command-queue.ts';
import { maxTimerEventReceives } from '#functions/timer-events.ts';

interface Event {
  readonly sqs?: {
    readonly arn: string;
    readonly batchSize: number;
    readonly maximumConcurrency: number;
    readonly maximumBatchingWindow?: number;
  };
  readonly httpApi?: { readonly method: string; readonly path: string; readonly authorizer?: string };
}
interface FunctionEntry {
  readonly handler: string;
  readonly role: string;
  readonly timeout?: number;
  readonly events?: readonly Event[];
}

const read = (path: string) => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');
// Tags such as !Ref are CloudFormation's: what they hold is enough here.
const yaml = (path: string): unknown => parse(read(path), { logLevel: 'error' });

const serverless = yaml('serverless.yml') as {
  provider: { timeout: number };
  functions: Record<string, FunctionEntry>;
};
const resources = yaml('infra/resources.yml') as {
  Resources: Record<string, { Type: string; Properties: Record<string, unknown> }>;
};
const roles = createRequire(import.meta.url)('../../../infra/roles.cjs') as {
  Resources: Record<
    string,
    { Properties: { Policies: { PolicyDocument: { Statement: { Action: string[]; Resource: unknown[] }[] } }[] } }
  >;
};

const functions = Object.entries(serverless.functions);
const routes = functions.flatMap(([name, { events = [] }]) =>
  events.flatMap(({ httpApi }) =>
    httpApi === undefined
      ? []
      : [{ name, route: `${httpApi.method} ${httpApi.path}`, guarded: httpApi.authorizer !== undefined }],
  ),
);

describe('the routes', () => {
  it('are those of the API table, each at its function', () => {
    const wanted = Object.entries(calls).map(([route, call]) => ({
      name: call.function,
      route,
      guarded: call.open !== true,
    }));

    expect(routes.toSorted(byRoute)).toEqual(wanted.toSorted(byRoute));
  });
});

const queueOf = (arn: string) => arn.split('.')[0] ?? '';

const byRoute = (one: { route: string }, other: { route: string }) => one.route.localeCompare(other.route);

describe('the roles', () => {
  it.each(functions)('gives %s one of its own', (name, { role }) => {
    expect(role).toBe(`${name.charAt(0).toUpperCase()}${name.slice(1)}Role`);
    expect(roles.Resources[role]).toBeDefined();
  });

  const statements = Object.entries(roles.Resources).flatMap(([name, { Properties }]) =>
    Properties.Policies.flatMap(({ PolicyDocument }) =>
      PolicyDocument.Statement.map((statement) => [name, statement] as const),
    ),
  );

  it.each(statements)('%s allows no wildcard action', (_name, { Action }) => {
    expect(Action.filter((action) => action.includes('*'))).toEqual([]);
  });

  it('allow nothing on everything but the answers to tasks, which know no resource', () => {
    const onEverything = statements.filter(([, { Resource }]) => Resource.includes('*'));

    expect(new Set(onEverything.flatMap(([, { Action }]) => Action))).toEqual(
      new Set(['states:SendTaskSuccess', 'states:SendTaskFailure']),
    );
    // Those that take commands with tokens, and the one that tells of verdicts.
    expect(onEverything.map(([name]) => name).toSorted()).toEqual(
      ['Deploy', 'Submit', 'Batch', 'CommandQueue', 'Publish'].map((name) => `${name}Role`).toSorted(),
    );
  });
});

describe('the queues', () => {
  const sources = functions.flatMap(([name, { events = [], timeout = serverless.provider.timeout }]) =>
    events.flatMap(({ sqs }) => (sqs === undefined ? [] : [{ name, timeout, sqs, queue: queueOf(sqs.arn) }])),
  );

  it('are each taken by a function', () => {
    expect(sources.map(({ queue }) => queue).toSorted()).toEqual([
      'AdmissionQueue',
      'CommandQueue',
      'ReconcileQueue',
      'TimerEventQueue',
    ]);
  });

  it.each(sources)('keep a message of $queue invisible for six times as long as $name may take', (source) => {
    const { VisibilityTimeout } = resources.Resources[source.queue]?.Properties ?? {};

    expect(VisibilityTimeout).toBeGreaterThanOrEqual(6 * source.timeout + (source.sqs.maximumBatchingWindow ?? 0));
  });

  it.each(sources)('bound how many of $name run at once', ({ sqs }) => {
    expect(sqs.maximumConcurrency).toBeGreaterThanOrEqual(2);
    expect(sqs.maximumConcurrency).toBeLessThanOrEqual(20);
  });

  it('hand over commands one by one, so that none is counted as tried that only stood behind another', () => {
    expect(sources.find(({ queue }) => queue === 'CommandQueue')?.sqs).toMatchObject({
      batchSize: 1,
      functionResponseType: 'ReportBatchItemFailures',
    });
  });

  it('bring back only the lines that could not be looked at', () => {
    expect(sources.find(({ queue }) => queue === 'AdmissionQueue')?.sqs).toMatchObject({
      functionResponseType: 'ReportBatchItemFailures',
    });
  });

  it('give a command up after as many tries as the function counts', () => {
    expect(resources.Resources['CommandQueue']?.Properties['RedrivePolicy']).toMatchObject({
      maxReceiveCount: maxReceives,
    });
  });

  it('give a firing up after as many tries as the function counts, and keep it', () => {
    expect(resources.Resources['TimerEventQueue']?.Properties['RedrivePolicy']).toEqual({
      deadLetterTargetArn: 'TimerEventDeadLetterQueue.Arn',
      maxReceiveCount: maxTimerEventReceives,
    });
  });

  it('keep the order of a cluster, and let different ones pass each other', () => {
    expect(resources.Resources['CommandQueue']?.Properties).toMatchObject({
      FifoQueue: true,
      DeduplicationScope: 'messageGroup',
      FifoThroughputLimit: 'perMessageGroupId',
    });
    expect(resources.Resources['CommandDeadLetterQueue']?.Properties).toMatchObject({ FifoQueue: true });
  });

  it('let the bus ask for admissions, and nobody else', () => {
    expect(resources.Resources['AdmissionFromBus']?.Properties).toMatchObject({
      PolicyDocument: {
        Statement: [
          {
            Principal: { Service: 'events.amazonaws.com' },
            Condition: { ArnEquals: { 'aws:SourceArn': 'AdmissionRule.Arn' } },
          },
          {},
        ],
      },
    });
  });

  it.each(Object.entries(resources.Resources).filter(([, { Type }]) => Type === 'AWS::SQS::Queue'))(
    '%s is encrypted',
    (_name, { Properties }) => {
      expect(Properties['SqsManagedSseEnabled']).toBe(true);
    },
  );
});
