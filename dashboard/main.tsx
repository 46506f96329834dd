import '@cloudscape-design/global-styles/index.css';
import './app/skip-link.css';

import { createRoot } from 'react-dom/client';
import { createBrowserRouter } from 'react-router';

import { createQueryClient } from './api/query-client.ts';
import { sessionQuery } from './api/session.ts';
import { targetsQuery } from './api/targets.ts';
import { App } from './app/app.tsx';
import { applyTheme, readTheme } from './app/theme.ts';
import { routes } from './routes.tsx';

const root = document.querySelector('#root');
if (root === null) throw new Error('index.html has no element #root.');

const queryClient = createQueryClient();
// Each view waits for them, so they are asked for before the first one is rendered.
void queryClient.prefetchQuery(sessionQuery);
void queryClient.prefetchQuery(targetsQuery);
applyTheme(readTheme());
createRoot(root).render(<App router={createBrowserRouter(routes)} queryClient={queryClient} />);
