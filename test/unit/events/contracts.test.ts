import { readdirSync, readFileSync } from 'node:fs';

import { describe, expect, it } from 'vitest';
import * as z from 'zod';

import { commands } from '#events/commands/index.ts';
import { CommandMessage } from '#events/message.ts';
import { eventTypes } from '#events/transitions.ts';

import { asText, jsonSchemas, openapi } from '../../../infra/openapi.ts';

const events = new URL('../../../events/', import.meta.url);
const text = (name: string) => readFileSync(new URL(name, events), 'utf8');
const samples = readdirSync(new URL('samples/', events));

describe('generated contracts', () => {
  it('has an OpenAPI description that is the one of the code', () => {
    expect(text('openapi.json')).toBe(asText(openapi));
  });

  it.each(Object.entries(jsonSchemas))('has a JSON Schema %s that is the one of the code', (name, schema) => {
    expect(text(`schemas/${name}`)).toBe(asText(schema));
  });
});

const Envelope = z.object({
  'detail-type': z.enum(Object.keys(eventTypes) as [keyof typeof eventTypes]),
  detail: z.unknown(),
});

describe('samples', () => {
  it.each(samples.filter((name) => name.startsWith('command-')))('%s is a command', (name) => {
    const message = CommandMessage.parse(JSON.parse(text(`samples/${name}`)));
    const kind = message.type.split('.')[2] as keyof typeof commands;

    expect(commands[kind].data.safeParse(message.data).error).toBeUndefined();
  });

  it.each(samples.filter((name) => name.startsWith('event-')))('%s is an event', (name) => {
    const event = Envelope.parse(JSON.parse(text(`samples/${name}`)));

    expect(eventTypes[event['detail-type']].safeParse(event.detail).error).toBeUndefined();
  });

  it('are there for every command and every event', () => {
    expect(samples).toEqual(expect.arrayContaining(Object.keys(commands).map((kind) => `command-${kind}.json`)));
    expect(samples.filter((name) => name.startsWith('event-'))).toHaveLength(Object.keys(eventTypes).length);
  });
});
