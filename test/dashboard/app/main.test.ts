import { screen } from '@testing-library/react';
import { expect, it, vi } from 'vitest';

it('shows why the page does not know who serves it, and no view', async () => {
  vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', false); // The page renders itself.
  const asked: unknown[] = [];
  vi.stubGlobal('fetch', async (input: unknown) => {
    asked.push(input);
    return Response.json({ title: 'Not opened', detail: 'Open the address.', code: 'not-opened' }, { status: 401 });
  });
  document.body.innerHTML = '<div id="root"></div>';
  await import('../../../dashboard/main.tsx');

  expect(await screen.findByText(/^Open the address\. Run again/)).toBeTruthy();
  expect(screen.getByRole('button', { name: 'Load again' })).toBeTruthy();
  expect(asked).toEqual(['/session.json']);
});
