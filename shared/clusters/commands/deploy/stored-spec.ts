import type { RevisionSpec } from '#events/records/revisions.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import { isUnwritten } from '#shared/clusters/store/transact.ts';

/** The spec of a deploy in the bucket, which is stored before the deploy is recorded. */
export interface StoredSpec {
  /** Stores the spec, beside the reads of the deploy. A deploy with a mistake is not stored. */
  readonly put: (operationId: string, spec: RevisionSpec) => Promise<void>;
  /** Removes the spec of a deploy that was not recorded. */
  readonly discard: () => Promise<void>;
}

export const openStoredSpec = ({ revisionSpecs }: Pick<Ports, 'revisionSpecs'>): StoredSpec => {
  let stored: { readonly operationId: string; readonly written: Promise<void> } | undefined;
  return {
    put: (operationId, spec) => {
      stored = { operationId, written: revisionSpecs.put(operationId, spec) };
      return stored.written;
    },
    discard: async () => {
      if (stored === undefined) return;
      // A spec whose write got no answer may exist.
      await Promise.allSettled([stored.written]);
      await revisionSpecs.remove(stored.operationId);
    },
  };
};

/**
 * Records a command, and discards its spec when nothing was recorded. After a write without an answer the spec stays, because
 * the command may have been recorded.
 *
 * @param record Calls its argument before the first write.
 */
export const recordWithSpec = async <T>(
  { discard }: StoredSpec,
  record: (onWrite: () => void) => Promise<T>,
): Promise<T> => {
  let isWriting = false;
  try {
    return await record(() => {
      isWriting = true;
    });
  } catch (error) {
    if (!isWriting || isUnwritten(error)) await discard();
    throw error;
  }
};
