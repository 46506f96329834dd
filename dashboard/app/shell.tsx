import AppLayout from '@cloudscape-design/components/app-layout';
import BreadcrumbGroup from '@cloudscape-design/components/breadcrumb-group';
import Flashbar from '@cloudscape-design/components/flashbar';
import SideNavigation from '@cloudscape-design/components/side-navigation';
import { Suspense, useState } from 'react';
import { matchPath, Outlet, type Params, useLocation, useParams } from 'react-router';

import { Loading } from '../components/loading.tsx';
import { useTargets } from '../api/targets.ts';
import { useFollow } from './links.tsx';
import { useNotifications } from './notifications.tsx';
import { toPath } from './paths.ts';
import { useSelectedTarget } from './target.ts';
import { TopBar } from './top-bar.tsx';
import { UnknownTarget } from './unknown-target.tsx';

interface ShellView {
  readonly path: string;
  readonly title: (parameters: Params) => string;
  readonly parent?: string;
  readonly inNavigation?: true;
}

interface ShellProps {
  readonly views: readonly ShellView[];
}

/** The frame of each view: top bar, navigation, breadcrumbs and notifications. */
export const Shell = ({ views }: ShellProps) => {
  const [isNavigationOpen, setNavigationOpen] = useState(() => matchMedia('(min-width: 689px)').matches);
  const { items } = useNotifications();
  const crumbs = useCrumbs(views);
  return (
    <>
      <title>{[...crumbs.map(({ text }) => text).toReversed(), 'Drey'].join(' · ')}</title>
      <a className="skip-link" href="#view">
        Skip to the view
      </a>
      <div id="top-bar">
        <TopBar />
      </div>
      <AppLayout
        headerSelector="#top-bar"
        navigation={<Navigation views={views} current={crumbs[0]?.path} />}
        navigationOpen={isNavigationOpen}
        onNavigationChange={({ detail }) => setNavigationOpen(detail.open)}
        toolsHide
        breadcrumbs={crumbs.length > 0 ? <Breadcrumbs crumbs={crumbs} /> : undefined}
        notifications={<Flashbar items={items} stackItems />}
        content={
          <div id="view" tabIndex={-1}>
            <Suspense fallback={<Loading />}>
              <View />
            </Suspense>
          </div>
        }
      />
    </>
  );
};

/** The current view, unless it is of a target that does not exist. */
const View = () => {
  const { target } = useParams();
  const { data: targets } = useTargets();
  if (target === undefined || targets === undefined || targets.some(({ name }) => name === target)) return <Outlet />;
  return <UnknownTarget target={target} names={targets.map(({ name }) => name)} />;
};

interface Crumb {
  readonly path: string;
  readonly text: string;
  readonly href: string;
}

/** The views from the navigation down to the current one. */
const useCrumbs = (views: readonly ShellView[]): readonly Crumb[] => {
  const { pathname } = useLocation();
  const find = (path: string | undefined, parameters: Params): readonly Crumb[] => {
    const view = views.find((one) => one.path === path);
    if (view === undefined) return [];
    return [
      ...find(view.parent, parameters),
      { path: view.path, text: view.title(parameters), href: toPath(view.path, parameters) },
    ];
  };
  for (const { path } of views) {
    const match = matchPath(path, pathname);
    if (match !== null) return find(path, match.params);
  }
  return [];
};

const Breadcrumbs = ({ crumbs }: { readonly crumbs: readonly Crumb[] }) => {
  const onFollow = useFollow();
  const { pathname } = useLocation();
  const target = /^\/targets\/([^/]+)/.exec(pathname)?.[1];
  const first = target === undefined ? [] : [{ text: decodeURIComponent(target), href: '/' }];
  return <BreadcrumbGroup ariaLabel="Breadcrumbs" items={[...first, ...crumbs]} onFollow={onFollow} />;
};

interface NavigationProps extends ShellProps {
  /** Path of the view of the navigation that the current view belongs to. */
  readonly current: string | undefined;
}

const Navigation = ({ views, current }: NavigationProps) => {
  const target = useSelectedTarget();
  const onFollow = useFollow();
  const hrefOf = (path: string) => toPath(path, { target });
  const listed = views.filter(
    ({ path, inNavigation }) => inNavigation === true && (target !== undefined || !path.includes(':target')),
  );
  return (
    <SideNavigation
      activeHref={current === undefined ? undefined : hrefOf(current)}
      items={listed.map(({ path, title }) => ({ type: 'link', text: title({}), href: hrefOf(path) }))}
      onFollow={onFollow}
    />
  );
};
