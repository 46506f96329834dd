import type { Params, RouteObject } from 'react-router';

import { ErrorView } from './app/error-view.tsx';
import { NotFound } from './app/not-found.tsx';
import { Shell } from './app/shell.tsx';
import { Loading } from './components/loading.tsx';
import * as overview from './views/overview/overview.tsx';

interface View {
  readonly path: string;
  /** Of the window and of the breadcrumb. */
  readonly title: (parameters: Params) => string;
  /** Path of the view above it in the breadcrumbs. */
  readonly parent?: string;
  /** Whether the navigation lists it. */
  readonly inNavigation?: true;
  readonly load: () => Promise<{ readonly Component: () => React.ReactNode }>;
}

/** All views, in the order of the navigation. Each but the first is loaded when it is opened. */
export const views: readonly View[] = [
  { path: '/', title: () => 'Overview', inNavigation: true, load: async () => overview },
  {
    path: '/targets/:target/clusters',
    title: () => 'Clusters',
    inNavigation: true,
    load: () => import('./views/clusters/clusters.tsx'),
  },
  {
    path: '/targets/:target/clusters/:clusterId',
    title: ({ clusterId }) => clusterId ?? 'Cluster',
    parent: '/targets/:target/clusters',
    load: () => import('./views/cluster/cluster.tsx'),
  },
  {
    path: '/targets/:target/deploy',
    title: () => 'Deploy',
    parent: '/targets/:target/clusters',
    load: () => import('./actions/deploy/deploy.tsx'),
  },
  {
    path: '/targets/:target/queue',
    title: () => 'Queue',
    inNavigation: true,
    load: () => import('./views/queue/queue.tsx'),
  },
  {
    path: '/targets/:target/schedules',
    title: () => 'Schedules',
    inNavigation: true,
    load: () => import('./views/schedules/schedules.tsx'),
  },
  {
    path: '/targets/:target/schedules/:name',
    title: ({ name }) => name ?? '',
    parent: '/targets/:target/schedules',
    load: () => import('./views/schedules/schedule.tsx'),
  },
  {
    path: '/targets/:target/operations',
    title: () => 'Operations',
    inNavigation: true,
    load: () => import('./views/operations/operations.tsx'),
  },
  {
    path: '/targets/:target/operations/:operationId',
    title: ({ operationId }) => operationId ?? '',
    parent: '/targets/:target/operations',
    load: () => import('./views/operations/operation.tsx'),
  },
];

export const routes: RouteObject[] = [
  {
    Component: () => <Shell views={views} />,
    ErrorBoundary: ErrorView,
    HydrateFallback: Loading,
    children: [
      ...views.map(({ path, load }) => ({ path, lazy: load, ErrorBoundary: ErrorView })),
      { path: '*', Component: NotFound },
    ],
  },
];
