import type { RevisionSpec } from '#events/records/revisions.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';

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
