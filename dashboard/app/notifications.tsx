import type { FlashbarProps } from '@cloudscape-design/components/flashbar';
import { createContext, type PropsWithChildren, useCallback, useContext, useEffect, useMemo, useState } from 'react';

export type Notification = Pick<FlashbarProps.MessageDefinition, 'type' | 'header' | 'content'>;

interface Notifications {
  readonly items: readonly FlashbarProps.MessageDefinition[];
  readonly notify: (notification: Notification) => void;
}

const NotificationsContext = createContext<Notifications | undefined>(undefined);

/** More than these hide the view. The oldest ones go first. */
const maxItems = 5;

/** A success needs no answer of the reader, and goes after this time. */
const successMs = 8_000;

export const NotificationsProvider = ({ children }: PropsWithChildren) => {
  const [items, setItems] = useState<readonly FlashbarProps.MessageDefinition[]>([]);
  const notify = useCallback((notification: Notification) => {
    const id = crypto.randomUUID();
    const onDismiss = () => setItems((shown) => shown.filter((item) => item.id !== id));
    const item = { ...notification, id, onDismiss, dismissible: true, dismissLabel: 'Dismiss the notification' };
    setItems((shown) => [item, ...shown].slice(0, maxItems));
  }, []);
  useEffect(() => {
    if (!items.some(({ type }) => type === 'success')) return undefined;
    const timer = setTimeout(() => setItems((shown) => shown.filter(({ type }) => type !== 'success')), successMs);
    return () => clearTimeout(timer);
  }, [items]);
  const value = useMemo(() => ({ items, notify }), [items, notify]);
  return <NotificationsContext value={value}>{children}</NotificationsContext>;
};

/** The notifications above the view, and the function that adds one. */
export const useNotifications = (): Notifications => {
  const notifications = useContext(NotificationsContext);
  if (notifications === undefined) throw new Error('There is no NotificationsProvider.');
  return notifications;
};
