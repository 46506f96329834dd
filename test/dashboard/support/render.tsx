import type { QueryClient } from '@tanstack/react-query';
import { render, screen } from '@testing-library/react';
import { userEvent } from '@testing-library/user-event';
import type { PropsWithChildren, ReactNode } from 'react';
import { createMemoryRouter, MemoryRouter } from 'react-router';

import { createQueryClient } from '../../../dashboard/api/client/query-client.ts';
import { App, Providers } from '../../../dashboard/app/app.tsx';
import { routes } from '../../../dashboard/routes.tsx';

/** The client of the page, without the waits between repetitions. */
export const createClient = (): QueryClient => {
  const client = createQueryClient();
  const { queries, ...others } = client.getDefaultOptions();
  client.setDefaultOptions({ ...others, queries: { ...queries, retryDelay: 0 } });
  return client;
};

/** Opens the dashboard at a path, and waits for the view. Needs `fakeApi`. */
export const openDashboard = async (path: string, queryClient = createClient()) => {
  const router = createMemoryRouter(routes, { initialEntries: [path] });
  const view = render(<App router={router} queryClient={queryClient} />);
  await screen.findByRole('main');
  return { ...view, router, queryClient, user: userEvent.setup() };
};

/** Renders a component that needs no route of its own. */
export const renderAlone = (element: ReactNode) => {
  const queryClient = createClient();
  const wrapper = ({ children }: PropsWithChildren) => (
    <Providers queryClient={queryClient}>
      <MemoryRouter>{children}</MemoryRouter>
    </Providers>
  );
  const view = render(element, { wrapper });
  return { ...view, queryClient, user: userEvent.setup() };
};
