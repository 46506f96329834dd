import { screen } from '@testing-library/react';
import { expect, it } from 'vitest';

import { UsageBars } from '../../../dashboard/components/usage-bars.tsx';
import { makeQueue } from '../support/fixtures.ts';
import { renderAlone } from '../support/render.tsx';

it('shows a limit of nothing as used up', () => {
  const usage = { ...makeQueue().usage, clusters: 0 };

  renderAlone(<UsageBars limits={{ clusters: 0 }} usage={usage} />);

  expect(screen.getByText('0 of 0')).toBeTruthy();
  expect(screen.getByRole<HTMLProgressElement>('progressbar', { name: /Clusters in use/ }).value).toBe(100);
});
