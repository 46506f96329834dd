import { readFileSync } from 'node:fs';

import { expect, it } from 'vitest';

import { eventsPage } from '../../../../infra/generators/events.ts';

it('docs/events.md is the page that `npm run generate` writes', () => {
  const page = readFileSync(new URL('../../../../docs/events.md', import.meta.url), 'utf8');

  expect(page).toBe(eventsPage);
});
