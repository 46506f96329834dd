/** Writes events/openapi.json and events/schemas/. The files are committed, and a unit test compares them with the code. */
import { mkdirSync, writeFileSync } from 'node:fs';

import * as z from 'zod';
import { createDocument, type ZodOpenApiOperationObject, type ZodOpenApiPathsObject } from 'zod-openapi';

import { maxWaitSeconds } from '#events/http/accepted.ts';
import { access } from '#events/http/access.ts';
import { calls } from '#events/http/api.ts';
import { pathParameters } from '#events/http/path-parameters.ts';
import { IdempotencyKey } from '#events/idempotency-key.ts';
import { CommandMessage } from '#events/message.ts';
import { Problem } from '#events/problems/problem.ts';
import { eventTypes } from '#events/records/transitions.ts';

import packageJson from '../../package.json' with { type: 'json' };

const commandHeaders = z.object({
  'Idempotency-Key': IdempotencyKey.optional().meta({
    description:
      'Idempotency key. Repeated requests with the same key have one effect and one response, for seven days.',
  }),
  Prefer: z
    .string()
    .optional()
    .meta({ description: `wait=N waits up to N seconds for the end of the operation, at most ${maxWaitSeconds}.` }),
});

const json = (schema: z.ZodType, mediaType = 'application/json') => ({ content: { [mediaType]: { schema } } });

const describeOperation = (route: string, call: (typeof calls)[string]): ZodOpenApiOperationObject => {
  const names = [...route.matchAll(/\{(\w+)\+?\}/g)].map(([, name]) => name as keyof typeof pathParameters); // A route has no other parameters.
  const isCommand = call.status === 202;
  return {
    operationId: operationIdOf(route),
    summary: call.summary,
    requestParams: {
      ...(names.length === 0
        ? {}
        : { path: z.object(Object.fromEntries(names.map((name) => [name, pathParameters[name]]))) }),
      ...(call.query === undefined ? {} : { query: call.query }),
      ...(isCommand ? { header: commandHeaders } : {}),
    },
    ...(call.body === undefined ? {} : { requestBody: { required: true, ...json(call.body) } }),
    security: securityOf(route),
    responses: {
      [call.status]: {
        description: isCommand ? 'Accepted. The `Location` header names the operation.' : 'Success.',
        ...json(call.answer, call.mediaType),
      },
      ...(isCommand ? { 200: { description: 'The operation ended within the wait time.', ...json(call.answer) } } : {}),
      default: { description: 'Problem details.', content: { 'application/problem+json': { schema: Problem } } },
    },
  };
};

/** A stage has one of the schemes. A token needs the verb. @see OpenAPI 3.1, "Security Requirement Object" */
const securityOf = (route: string) => {
  const verb = access[route];
  return verb === undefined || verb === 'open' ? [] : [{ sigv4: [] }, { token: [verb] }];
};

/** `GET /v1/targets/{target}/clusters` → `getTargetsClusters`. */
const operationIdOf = (route: string) => {
  const [method = '', path = ''] = route.split(' ');
  const words = path.split('/').filter((word) => word !== '' && word !== 'v1' && !word.startsWith('{'));
  const single = path.endsWith('}') ? 'One' : '';
  return (
    method.toLowerCase() +
    words.map((word) => word.charAt(0).toUpperCase() + word.slice(1).replace(/\W/g, '')).join('') +
    single
  );
};

const paths: ZodOpenApiPathsObject = {};
for (const [route, call] of Object.entries(calls)) {
  const [method = '', path = ''] = route.split(' ');
  const template = path.replace('+}', '}'); // API Gateway's sign for several segments
  paths[template] = { ...paths[template], [method.toLowerCase()]: describeOperation(route, call) };
}

export const openapi = createDocument({
  openapi: '3.1.0',
  info: {
    title: 'Drey',
    version: packageJson.version,
    description: packageJson.description,
    license: { name: packageJson.license, identifier: packageJson.license },
  },
  servers: [
    {
      url: 'https://{api}.execute-api.{region}.{domain}',
      variables: {
        api: { default: 'api' },
        region: { default: 'us-east-1' },
        domain: {
          default: 'amazonaws.com',
          description: '`amazonaws.com.cn` in China, `amazonaws.eu` in the European Sovereign Cloud.',
        },
      },
    },
  ],
  security: [{ sigv4: [] }, { token: [] }],
  paths,
  components: {
    securitySchemes: {
      sigv4: {
        type: 'apiKey',
        in: 'header',
        name: 'Authorization',
        description: 'AWS Signature Version 4, service execute-api.',
      },
      token: {
        type: 'http',
        scheme: 'bearer',
        bearerFormat: 'JWT',
        description:
          'A token of the issuer that the stage names, where it has the setting `jwt`. The verb of an operation is the right that the token must give on the target in the path, or on all targets.',
      },
    },
  },
});

/** `Flink Job State Change` → `flink-job-state-change.json`: the JSON Schema of an event, and with `event-` its sample. */
export const fileNameOf = (type: string) => `${type.toLowerCase().replaceAll(' ', '-')}.json`;

const messages = {
  ...Object.fromEntries(Object.entries(eventTypes).map(([type, { schema }]) => [type, schema])),
  'Drey Command': CommandMessage,
};

/** JSON Schemas of the events on the bus and the messages of the command queue, by file name. */
export const jsonSchemas: Readonly<Record<string, unknown>> = Object.fromEntries(
  Object.entries<z.ZodType>(messages).map(([type, schema]) => [
    fileNameOf(type),
    z.toJSONSchema(schema, { io: 'input' }),
  ]),
);

export const asText = (value: unknown) => `${JSON.stringify(value, undefined, 2)}\n`;

if (import.meta.main) {
  const events = new URL('../../events/', import.meta.url);
  mkdirSync(new URL('schemas/', events), { recursive: true });
  writeFileSync(new URL('openapi.json', events), asText(openapi));
  for (const [name, schema] of Object.entries(jsonSchemas))
    writeFileSync(new URL(`schemas/${name}`, events), asText(schema));
}
