import { readdirSync, readFileSync } from 'node:fs';

import { describe, expect, it } from 'vitest';
import * as z from 'zod';

import { commands } from '#events/commands/index.ts';
import { CommandMessage } from '#events/message.ts';
import { Principal } from '#events/principal.ts';
import { eventTypes } from '#events/records/transitions.ts';

import { asText, fileNameOf, jsonSchemas, openapi } from '../../../infra/generators/openapi.ts';

const events = new URL('../../../events/', import.meta.url);
const text = (name: string) => readFileSync(new URL(name, events), 'utf8');
const samples = readdirSync(new URL('samples/', events));

describe('generated contracts', () => {
  it('has the OpenAPI description that `npm run generate` writes', () => {
    expect(text('openapi.json')).toBe(asText(openapi));
  });

  it.each(Object.entries(jsonSchemas))('has the JSON Schema %s that `npm run generate` writes', (name, schema) => {
    expect(text(`schemas/${name}`)).toBe(asText(schema));
  });

  it('has no other JSON Schema', () => {
    expect(readdirSync(new URL('schemas/', events)).toSorted()).toEqual(Object.keys(jsonSchemas).toSorted());
  });
});

describe('samples', () => {
  it.each(samples.filter((name) => name.startsWith('command-')))('%s is a command', (name) => {
    const message = CommandMessage.parse(JSON.parse(text(`samples/${name}`)));
    const kind = message.type.split('.')[2] as keyof typeof commands;

    expect(commands[kind].data.safeParse(message.data).error).toBeUndefined();
  });

  it.each(Object.entries(eventTypes))('%s has a valid sample', (type, { schema }) => {
    const event = z.object({ 'detail-type': z.literal(type), detail: z.unknown() });
    const { detail } = event.parse(JSON.parse(text(`samples/event-${fileNameOf(type)}`)));

    expect(schema.safeParse(detail).error).toBeUndefined();
  });

  it.each(Object.entries(eventTypes))('%s has the principal that caused it', (type, { schema }) => {
    const event = z.object({ detail: z.looseObject({ principal: Principal }) });
    const { detail } = event.parse(JSON.parse(text(`samples/event-${fileNameOf(type)}`)));
    const { principal: _principal, ...rest } = detail;

    expect(schema.safeParse(rest).error?.issues).toMatchObject([{ path: ['principal'] }]);
  });

  it('exist for every command and every event, and for nothing else on the bus', () => {
    const events = samples.filter((name) => name.startsWith('event-'));

    expect(samples).toEqual(expect.arrayContaining(Object.keys(commands).map((kind) => `command-${kind}.json`)));
    expect(events.toSorted()).toEqual(
      Object.keys(eventTypes)
        .map((type) => `event-${fileNameOf(type)}`)
        .toSorted(),
    );
  });
});
