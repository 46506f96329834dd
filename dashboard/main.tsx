import '@cloudscape-design/global-styles/index.css';
import './app/skip-link.css';

import { createRoot } from 'react-dom/client';
import { createBrowserRouter } from 'react-router';

import { createQueryClient } from './api/client/query-client.ts';
import { sessionQuery } from './api/session.ts';
import { targetsQuery } from './api/targets.ts';
import { App } from './app/app.tsx';
import { applyTheme, readTheme } from './app/theme.ts';
import { routes } from './routes.tsx';
import { prefetch as prefetchOverview } from './views/overview/overview.tsx';

const root = document.querySelector('#root');
if (root === null) throw new Error('index.html has no element #root.');

const queryClient = createQueryClient();
// These calls need no view, and run while the first one is rendered.
void queryClient.prefetchQuery(sessionQuery);
void (location.pathname === '/' ? prefetchOverview(queryClient) : queryClient.prefetchQuery(targetsQuery));
applyTheme(readTheme());
createRoot(root).render(<App router={createBrowserRouter(routes)} queryClient={queryClient} />);
