import TopNavigation, { type TopNavigationProps } from '@cloudscape-design/components/top-navigation';
import { useState } from 'react';
import { useLocation, useNavigate } from 'react-router';

import type { PageSession } from '#events/page-session.ts';

import { getCaller } from '../api/client/caller.ts';
import { useSession } from '../api/session.ts';
import { useTargets } from '../api/targets.ts';
import { useNotifications } from './notifications.tsx';
import { toTargetPath } from './paths.ts';
import { useSelectedTarget } from './target.ts';
import { readTheme, storeTheme } from './theme.ts';

/** Name, the target, the theme, and who the caller is. */
export const TopBar = () => {
  const navigate = useNavigate();
  const { data: session } = useSession();
  const target = useTargetMenu();
  const theme = useThemeButton();
  const { notify } = useNotifications();
  const copy = (text: string) =>
    void navigator.clipboard.writeText(text).then(
      () => notify({ type: 'success', header: 'Copied', content: text }),
      () => notify({ type: 'error', header: 'Not copied', content: text }),
    );
  return (
    <TopNavigation
      identity={{
        href: '/',
        title: 'Drey',
        onFollow: (event) => {
          event.preventDefault();
          void navigate('/');
        },
      }}
      utilities={[...target, theme, ...describeSession(session, copy)]}
    />
  );
};

const useTargetMenu = (): readonly TopNavigationProps.Utility[] => {
  const navigate = useNavigate();
  const { pathname } = useLocation();
  const { data: targets = [] } = useTargets();
  const selected = useSelectedTarget();
  if (targets.length === 0) return [];
  return [
    {
      type: 'menu-dropdown',
      text: selected ?? 'Target',
      ariaLabel: `Target ${selected ?? ''}`,
      items: targets.map(({ name, cluster, namespace }) => ({
        id: name,
        text: name,
        description: `${cluster} / ${namespace}`,
      })),
      onItemClick: ({ detail }) => void navigate(toTargetPath(pathname, detail.id)),
    },
  ];
};

const useThemeButton = (): TopNavigationProps.Utility => {
  const [theme, setTheme] = useState(readTheme);
  const other = theme === 'dark' ? 'light' : 'dark';
  return {
    type: 'button',
    iconName: 'light-dark',
    text: other === 'dark' ? 'Dark theme' : 'Light theme',
    ariaLabel: `Switch to ${other} theme`,
    onClick: () => {
      storeTheme(other);
      setTheme(other);
    },
  };
};

const describeSession = (
  session: PageSession | undefined,
  copy: (text: string) => void,
): readonly TopNavigationProps.Utility[] => {
  if (session === undefined) return [];
  const caller = getCaller();
  const identity = caller?.identity ?? (session.authentication === 'oidc' ? '' : session.identity);
  return [
    {
      type: 'menu-dropdown',
      iconName: 'user-profile',
      text: identity,
      ariaLabel: `Caller ${identity}`,
      title: identity,
      description: `${session.api.url}, Drey ${session.version}`,
      items: [
        { id: 'copy', text: 'Copy the address of the API' },
        ...(caller === undefined ? [] : [{ id: 'sign-out', text: 'Sign out' }]),
      ],
      onItemClick: ({ detail }) => {
        if (detail.id === 'copy') copy(session.api.url);
        if (detail.id === 'sign-out') void caller?.signOut();
      },
    },
  ];
};
