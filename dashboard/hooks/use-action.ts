import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';

import { useOperation } from '../api/operations/operations.ts';
import { toApiError } from '../api/client/problem.ts';
import { readAgain } from '../api/client/query-client.ts';
import type { Operation } from '../api/types.ts';
import { useNotifications } from '../app/notifications.tsx';
import { isTerminalState } from '../model/states.ts';

/** Whether the API took nothing of the command, so that what is sent next is another one. Else it may have been accepted. */
const isRefused = (failure: unknown): boolean => {
  const { status } = toApiError(failure).details;
  return status >= 400 && status < 500 && status !== 429;
};

interface Action {
  readonly title: string;
  readonly run: (idempotencyKey: string) => Promise<Operation | undefined>;
  /** After success: the command is accepted and, if it has an operation, has SUCCEEDED. */
  readonly onDone: () => void;
  /** The result for the reader when there was nothing to do. */
  readonly unchanged?: string | undefined;
}

/** Sends a command and follows its operation. After its end, the views read their data again. */
export const useAction = ({ title, run, onDone, unchanged }: Action) => {
  const queryClient = useQueryClient();
  const { notify } = useNotifications();
  const key = useRef<string>(crypto.randomUUID());
  const { mutate, data, error, isPending } = useMutation({
    mutationFn: () => run(key.current),
    onError: (failure) => {
      if (isRefused(failure)) key.current = crypto.randomUUID();
    },
    onSuccess: (operation) => {
      key.current = crypto.randomUUID();
      if (operation === undefined) finish(unchanged);
    },
  });
  const { data: latest = data, error: readError } = useOperation(
    data === undefined ? undefined : { target: data.target, operationId: data.operationId },
    { follow: true },
  );
  const finish = (content = 'Done.') => {
    void readAgain(queryClient);
    notify({ type: 'success', header: title, content });
    onDone();
  };
  const isFinished = latest !== undefined && isTerminalState('operation', latest.state);
  const hasSucceeded = latest?.state === 'SUCCEEDED';
  useEffect(() => {
    if (hasSucceeded) finish();
    else if (isFinished) void readAgain(queryClient);
    // Once for each end. The other functions are new at each render.
    // oxlint-disable-next-line react/exhaustive-deps
  }, [hasSucceeded, isFinished]);
  return { send: () => mutate(), isSending: isPending, error: error ?? readError, operation: latest };
};
