import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

import { calls } from '#events/api.ts';

interface HttpEvent {
  readonly httpApi?: { readonly method: string; readonly path: string; readonly authorizer?: string };
}
interface FunctionEntry {
  readonly handler: string;
  readonly role: string;
  readonly timeout?: number;
  readonly events?: readonly HttpEvent[];
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

  it.each(statements)('%s allows no wildcard action and nothing on everything', (_name, { Action, Resource }) => {
    expect(Action.filter((action) => action.includes('*'))).toEqual([]);
    expect(Resource).not.toContain('*');
  });
});

describe('the queues', () => {
  const commands = resources.Resources['Commands']?.Properties;

  it('keep a command invisible for six times as long as the function may take', () => {
    const timeout = serverless.functions['queue']?.timeout ?? serverless.provider.timeout;

    expect(commands?.['VisibilityTimeout']).toBeGreaterThanOrEqual(6 * timeout);
  });

  it('give a command up after some tries', () => {
    expect(commands?.['RedrivePolicy']).toMatchObject({ maxReceiveCount: 5 });
  });

  it.each(Object.entries(resources.Resources).filter(([, { Type }]) => Type === 'AWS::SQS::Queue'))(
    '%s is encrypted',
    (_name, { Properties }) => {
      expect(Properties['SqsManagedSseEnabled']).toBe(true);
    },
  );
});
