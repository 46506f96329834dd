import { readdirSync } from 'node:fs';

import { describe, expect, it } from 'vitest';

import { commands } from '#events/commands/index.ts';
import { calls } from '#events/http/api.ts';

import { makeHttpEvent } from '#test/fakes/lambda.ts';

import { type FunctionEntry, functions } from '../../../infra/functions.ts';
import { workflowNames } from '../../../infra/state-machines/definitions.ts';

/**
 * What a new command needs. The compiler asks for its use case (`use-cases.ts`) and for the role of a new function
 * (`infra/iam/roles.ts`); `contracts.test.ts` asks for its sample and for the generated files.
 */
const folder = new URL('../../../events/commands/', import.meta.url);
const files = readdirSync(folder).filter((name) => !['define.ts', 'index.ts'].includes(name));

interface Definition {
  readonly kind: string;
  readonly route: string;
}
type Handler = (event: unknown, context: unknown) => Promise<{ readonly statusCode: number }>;
const isDefinition = (value: unknown): value is Definition =>
  typeof value === 'object' && value !== null && 'kind' in value && 'route' in value;

describe('the definitions of commands', () => {
  it.each(files)('of %s are listed in index.ts', async (name) => {
    const module = (await import(new URL(name, folder).href)) as Readonly<Record<string, unknown>>;
    const defined = Object.values(module).filter(isDefinition);

    expect(defined.map(({ kind }) => kind).filter((kind) => !Object.hasOwn(commands, kind))).toEqual([]);
  });

  it.each(Object.entries(commands))('%s is listed under its kind, with a route of its own', (name, { kind, route }) => {
    expect(name).toBe(kind);
    expect(Object.values(commands).filter((other) => other.route === route)).toHaveLength(1);
  });

  it.each(Object.values(commands))('$kind has a function that answers its route', ({ route, function: name }) => {
    const [method, path] = route.split(' ');
    const { events }: FunctionEntry = functions[name];

    expect(calls[route]?.function).toBe(name);
    expect(events).toContainEqual({ httpApi: { method, path, authorizer: { type: 'aws_iam' } } });
  });

  it.each(Object.values(commands))('$kind is accepted by its function', async ({ route, function: name }) => {
    const path = functions[name].handler.replace(/\.handler$/, '.ts');
    const { handler } = (await import(new URL(`../../../${path}`, import.meta.url).href)) as { handler: Handler };
    const event = makeHttpEvent(route, {}, { body: { unknown: 1 } });

    const { statusCode } = await handler(event, { functionName: name, getRemainingTimeInMillis: () => 29_000 });

    // The function found the command of the route, and its schema refused the member. Without a command it answers 500.
    expect(statusCode).toBe(400);
  });

  it('leave no state machine without a command', () => {
    const used = Object.values(commands).flatMap((command) => ('workflow' in command ? [command.workflow] : []));

    expect([...new Set(used)].toSorted()).toEqual(workflowNames.toSorted());
  });
});
