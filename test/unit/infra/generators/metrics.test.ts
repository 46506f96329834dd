import { readFileSync } from 'node:fs';

import { expect, it } from 'vitest';

import { metricsPage } from '../../../../infra/generators/metrics.ts';

it('docs/metrics.md is the page that `npm run generate` writes', () => {
  const page = readFileSync(new URL('../../../../docs/metrics.md', import.meta.url), 'utf8');

  expect(page).toBe(metricsPage);
});
