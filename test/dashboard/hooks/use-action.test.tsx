import { act, renderHook, waitFor } from '@testing-library/react';
import type { PropsWithChildren } from 'react';
import { expect, it, vi } from 'vitest';

import { Providers } from '../../../dashboard/app/app.tsx';
import { useNotifications } from '../../../dashboard/app/notifications.tsx';
import { useAction } from '../../../dashboard/hooks/use-action.ts';
import { createClient } from '../support/render.tsx';

it.each([
  ['Done.', {}],
  ['Nothing has changed.', { unchanged: 'Nothing has changed.' }],
])('says of an action without an operation: %s', async (content, options) => {
  const wrapper = ({ children }: PropsWithChildren) => <Providers queryClient={createClient()}>{children}</Providers>;
  const onDone = vi.fn<() => void>();
  const action = { title: 'Apply', run: async () => undefined, onDone, ...options };
  const { result } = renderHook(() => ({ ...useAction(action), ...useNotifications() }), { wrapper });

  act(() => result.current.send());

  await waitFor(() => expect(onDone).toHaveBeenCalledOnce());
  expect(result.current.items).toMatchObject([{ type: 'success', header: 'Apply', content }]);
});
