import { readFile } from 'node:fs/promises';

import { expect, it } from 'vitest';

import { renderClientTypes } from '../../../../infra/generators/client-types.ts';

it('the types of the dashboard are those of the OpenAPI document, as `npm run generate` writes them', async () => {
  const written = await readFile(new URL('../../../../dashboard/api/schema.ts', import.meta.url), 'utf8');

  expect(written).toBe(await renderClientTypes());
});
