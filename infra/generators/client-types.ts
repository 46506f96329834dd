/** Writes dashboard/api/schema.ts, the types of the HTTP API for the dashboard. The file is committed, and a unit test compares it. */
import { writeFileSync } from 'node:fs';
import { registerHooks } from 'node:module';

import { openapi } from './openapi.ts';

// openapi-typescript needs the JavaScript API of TypeScript 5, which TypeScript 7 does not have.
registerHooks({
  resolve: (specifier, context, next) =>
    next(
      specifier === 'typescript' && context.parentURL?.includes('/openapi-typescript/') === true
        ? 'typescript5'
        : specifier,
      context,
    ),
});

const introduction =
  '/** The types of the HTTP API. `npm run generate` writes this file from events/openapi.json. */\n';

/** The types of the HTTP API as the source of a module. */
export const renderClientTypes = async (): Promise<string> => {
  const { astToString, default: openapiTS } = await import('openapi-typescript');
  const document = structuredClone(openapi) as unknown as Parameters<typeof openapiTS>[0] & object; // Both are OpenAPI 3.1.
  return introduction + astToString(await openapiTS(document, { alphabetize: false }));
};

if (import.meta.main)
  writeFileSync(new URL('../../dashboard/api/schema.ts', import.meta.url), await renderClientTypes());
