import { readFileSync } from 'node:fs';

import { expect, it } from 'vitest';

import { insertRecords } from '../../../../infra/generators/records.ts';

it('docs/architecture.md has the table of records that `npm run generate` writes', () => {
  const page = readFileSync(new URL('../../../../docs/architecture.md', import.meta.url), 'utf8');

  expect(page).toBe(insertRecords(page));
});
