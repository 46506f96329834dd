import '@cloudscape-design/global-styles/index.css';
import './app/skip-link.css';

import type { ReactNode } from 'react';
import { createRoot } from 'react-dom/client';
import { createBrowserRouter } from 'react-router';

import { setCaller } from './api/client/caller.ts';
import { createQueryClient } from './api/client/query-client.ts';
import { fetchSession, sessionQuery } from './api/session.ts';
import { targetsQuery } from './api/targets.ts';
import { App } from './app/app.tsx';
import { SignedOut } from './app/signed-out.tsx';
import { StartFailure } from './app/start-failure.tsx';
import { applyTheme, readTheme } from './app/theme.ts';
import { routes } from './routes.tsx';
import { prefetch as prefetchOverview } from './views/overview/overview.tsx';

/** The page for a reader who may call the API. A hosted page signs the reader in first. */
const openPage = async (): Promise<ReactNode> => {
  const session = await fetchSession();
  if (session.authentication === 'oidc') {
    const { identify } = await import('./hosted/identify.ts');
    const identified = await identify(session);
    if (identified.caller === undefined) return <SignedOut error={identified.error} />;
    setCaller(identified.caller);
  }
  const queryClient = createQueryClient();
  queryClient.setQueryData(sessionQuery.queryKey, session);
  // These calls need no view, and run while the first one is rendered.
  void (location.pathname === '/' ? prefetchOverview(queryClient) : queryClient.prefetchQuery(targetsQuery));
  return <App router={createBrowserRouter(routes)} queryClient={queryClient} />;
};

const root = document.querySelector('#root');
if (root === null) throw new Error('index.html has no element #root.');

applyTheme(readTheme());
// An await of the module itself would divide the first load into many files.
void openPage()
  .catch((error: unknown) => <StartFailure error={error} />)
  .then((page) => createRoot(root).render(page));
