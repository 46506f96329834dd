import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

import { CreateTableCommand, type CreateTableCommandInput, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { execa } from 'execa';
import * as z from 'zod';

import type { Template } from '#local/steps/deploy.ts';
import { createVenv } from '#local/services/python.ts';
import { region, settingsFrom } from '#local/settings.ts';

/** A server of Moto, which keeps its records in memory. */
export interface Moto {
  readonly client: DynamoDBClient;
  readonly endpoint: string;
  readonly stop: () => Promise<void>;
}

/** Starts Moto. The first start installs it into the cache of the local system. */
export const startMoto = async (): Promise<Moto> => {
  const { cache } = settingsFrom();
  const venv = join(cache, 'moto');
  mkdirSync(cache, { recursive: true });
  const requirements = join(import.meta.dirname, 'moto-requirements.txt');
  await createVenv({ venv, requirements, log: join(cache, 'moto.log') });
  const server = execa(join(venv, 'bin/python'), [join(import.meta.dirname, 'moto_server.py')], {
    all: true,
    env: { PYTHONUNBUFFERED: '1' },
    reject: false,
  });
  const endpoint = await findAddress(server.all);
  if (endpoint === undefined) throw new Error(`Moto did not start: ${(await server).all}`);
  const client = new DynamoDBClient({
    endpoint,
    region,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  return {
    client,
    endpoint,
    stop: async () => {
      client.destroy();
      server.kill();
      await server;
    },
  };
};

/** The server prints its address when it listens. */
const findAddress = (output: NodeJS.ReadableStream): Promise<string | undefined> =>
  new Promise((resolve) => {
    createInterface({ input: output })
      .on('line', (line) => {
        const address = /http:\/\/127\.0\.0\.1:\d+/.exec(line)?.[0];
        if (address !== undefined) resolve(address);
      })
      .on('close', () => resolve(undefined));
  });

/** The properties of a table in a template that its API has under the same names. */
const TableProperties = z.object({
  AttributeDefinitions: z.array(z.unknown()).min(1),
  KeySchema: z.array(z.unknown()).min(1),
  GlobalSecondaryIndexes: z.array(z.unknown()).min(1),
  BillingMode: z.string(),
  StreamSpecification: z.object({ StreamViewType: z.string() }),
});

/** Creates an empty table like that of a compiled template. Returns its name. */
export const createTable = async (client: DynamoDBClient, { Resources }: Template): Promise<string> => {
  const TableName = `contract-${randomUUID()}`;
  const { StreamSpecification, ...properties } = TableProperties.parse(Resources['Table']?.Properties);
  const input = {
    ...properties,
    TableName,
    StreamSpecification: { ...StreamSpecification, StreamEnabled: true },
  } as CreateTableCommandInput; // CloudFormation has the names and values of the API.
  await client.send(new CreateTableCommand(input));
  return TableName;
};
