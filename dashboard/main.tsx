import '@cloudscape-design/global-styles/index.css';
import './app/skip-link.css';

import { createRoot } from 'react-dom/client';
import { createBrowserRouter } from 'react-router';

import { createQueryClient } from './api/client/query-client.ts';
import { App } from './app/app.tsx';
import { applyTheme, readTheme } from './app/theme.ts';
import { routes } from './routes.tsx';

const root = document.querySelector('#root');
if (root === null) throw new Error('index.html has no element #root.');

applyTheme(readTheme());
createRoot(root).render(<App router={createBrowserRouter(routes)} queryClient={createQueryClient()} />);
