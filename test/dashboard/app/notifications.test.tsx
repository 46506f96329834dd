import { act, renderHook } from '@testing-library/react';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';

import { NotificationsProvider, useNotifications } from '../../../dashboard/app/notifications.tsx';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('has a success for some seconds, and an error until the reader closes it', () => {
  const { result } = renderHook(useNotifications, { wrapper: NotificationsProvider });
  act(() => {
    result.current.notify({ type: 'success', header: 'Stop nightly', content: 'Done.' });
    result.current.notify({ type: 'error', header: 'The log was not read' });
  });
  expect(result.current.items).toHaveLength(2);

  act(() => void vi.advanceTimersByTime(60_000));

  expect(result.current.items.map(({ header }) => header)).toEqual(['The log was not read']);
});
