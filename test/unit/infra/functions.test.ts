import { existsSync, readdirSync, readFileSync } from 'node:fs';

import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

import { calls } from '#events/http/api.ts';

import { type FunctionEntry, functions } from '../../../infra/functions.ts';
import { defaultTimeoutSeconds } from '../../../infra/queues.ts';

const root = new URL('../../../', import.meta.url);
const entries = Object.entries<FunctionEntry>(functions);
const fileOf = ({ handler }: FunctionEntry) => handler.replace(/\.handler$/, '.ts');

describe('the functions', () => {
  it.each(entries)('%s has a file with a handler', (_name, entry) => {
    expect(existsSync(new URL(fileOf(entry), root))).toBe(true);
    expect(readFileSync(new URL(fileOf(entry), root), 'utf8')).toMatch(/^export const handler = /m);
  });

  it('are all that the folder holds', () => {
    const files = readdirSync(new URL('functions/', root)).filter((name) => name.endsWith('.ts'));

    expect(files.toSorted()).toEqual(entries.map(([, entry]) => fileOf(entry).replace('functions/', '')).toSorted());
  });

  it('have a timeout that ends before the HTTP API stops waiting', () => {
    const { provider } = parse(readFileSync(new URL('serverless.yml', root), 'utf8'), { logLevel: 'error' }) as {
      provider: { timeout: number };
    };

    expect(provider.timeout).toBe(defaultTimeoutSeconds);
    expect(defaultTimeoutSeconds).toBeLessThan(30);
    const ofRoutes = entries.filter(([, { events }]) => events.some((event) => 'httpApi' in event));
    expect(ofRoutes.filter(([, { timeout }]) => timeout !== undefined)).toEqual([]);
  });
});

describe('the routes', () => {
  const routes = entries.flatMap(([name, { events }]) =>
    events.flatMap((event) =>
      'httpApi' in event ? [{ name, route: `${event.httpApi.method} ${event.httpApi.path}`, ...event.httpApi }] : [],
    ),
  );

  it('are those of the table of calls, each at its function', () => {
    expect(new Map(routes.map(({ name, route }) => [route, name]))).toEqual(
      new Map(Object.entries(calls).map(([route, call]) => [route, call.function])),
    );
    expect(routes).toHaveLength(Object.keys(calls).length);
  });

  it('are signed with IAM, but for the description and the health of the API', () => {
    const open = routes.filter(({ authorizer }) => authorizer === undefined);
    const signed = routes.filter(({ authorizer }) => authorizer !== undefined && 'type' in authorizer);

    expect(open.map(({ route }) => route)).toEqual(['GET /openapi.json', 'GET /health']);
    expect(signed).toHaveLength(routes.length - open.length);
  });
});
