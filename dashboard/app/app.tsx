import { I18nProvider } from '@cloudscape-design/components/i18n';
import messages from '@cloudscape-design/components/i18n/messages/all.en';
import { type QueryClient, QueryClientProvider } from '@tanstack/react-query';
import type { PropsWithChildren } from 'react';
import { type createBrowserRouter, RouterProvider } from 'react-router';

import { NotificationsProvider } from './notifications.tsx';

interface AppProps {
  readonly router: ReturnType<typeof createBrowserRouter>;
  readonly queryClient: QueryClient;
}

export const App = ({ router, queryClient }: AppProps) => (
  <Providers queryClient={queryClient}>
    <RouterProvider router={router} />
  </Providers>
);

/** What each component of the page may use: texts of Cloudscape, answers of the API, notifications. */
export const Providers = ({ queryClient, children }: PropsWithChildren<Pick<AppProps, 'queryClient'>>) => (
  <I18nProvider locale="en" messages={[messages]}>
    <QueryClientProvider client={queryClient}>
      <NotificationsProvider>{children}</NotificationsProvider>
    </QueryClientProvider>
  </I18nProvider>
);
