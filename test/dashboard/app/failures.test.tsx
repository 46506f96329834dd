import { render, screen } from '@testing-library/react';
import { createMemoryRouter, RouterProvider } from 'react-router';
import { describe, expect, it, vi } from 'vitest';

import { setCaller } from '../../../dashboard/api/client/caller.ts';
import { readProblem, toApiError } from '../../../dashboard/api/client/problem.ts';
import { fetchSession } from '../../../dashboard/api/session.ts';
import { ErrorView } from '../../../dashboard/app/error-view.tsx';
import { StartFailure } from '../../../dashboard/app/start-failure.tsx';
import { findViolations } from '../support/axe.ts';
import { makeCaller } from '../support/fake-issuer.ts';

describe('a page that does not know who serves it', () => {
  it('says how to open that of `drey dashboard`, without violations of accessibility', async () => {
    vi.stubGlobal('fetch', async () =>
      Response.json({ title: 'Not opened', detail: 'Open the address.', code: 'not-opened' }, { status: 401 }),
    );
    render(<StartFailure error={await fetchSession().catch((error: unknown) => error)} />);

    expect(screen.getByText('Not opened')).toBeTruthy();
    expect(screen.getByText(/^Open the address\. Run again/)).toBeTruthy();
    expect(screen.getByText('drey dashboard').tagName).toBe('CODE');
    expect(screen.getByRole('button', { name: 'Load again' })).toBeTruthy();
    expect(await findViolations()).toEqual([]);
  });

  it('says to check the network when it is hosted', () => {
    vi.stubGlobal('location', new URL('https://drey.example.org'));
    render(<StartFailure error={toApiError(new TypeError('Failed to fetch'))} />);

    expect(screen.getByText(/Check the network/).textContent).not.toContain('drey dashboard');
  });

  it('shows what the answer says', () => {
    render(<StartFailure error={readProblem(403, '<Error/>')} />);

    expect(screen.getByText('Access denied')).toBeTruthy();
  });
});

describe('a view that does not load', () => {
  const open = async () => {
    const load = () => Promise.reject(new TypeError('Failed to fetch a module.'));
    const router = createMemoryRouter([
      { path: '/', lazy: load, ErrorBoundary: ErrorView, HydrateFallback: () => null },
    ]);
    render(<RouterProvider router={router} />);
    return (await screen.findByText(/Failed to fetch a module\./)).textContent;
  };

  it('says to check that `drey dashboard` runs', async () => {
    expect(await open()).toContain('drey dashboard');
  });

  it('says to load a hosted page again', async () => {
    setCaller(makeCaller());

    expect(await open()).toBe('Failed to fetch a module. Load the page again: there may be a newer one.');
  });
});
