import type { Restore } from '#events/programs/program.ts';
import { Fault } from '#events/problems/problem.ts';
import type { ProblemCode } from '#events/problems/problem-table.ts';
import { isTerminalOperation } from '#events/records/operation.ts';
import type { StoredSnapshot } from '#events/records/snapshots.ts';
import { toSnapshotOperationId, withSnapshotState } from '#shared/clusters/model/snapshot.ts';
import type { Change } from '#shared/clusters/model/records/records.ts';
import type { Versioned } from '#shared/clusters/model/records/versioned.ts';
import type { Store } from '#shared/clusters/ports/store.ts';

interface Place {
  readonly target: string;
  /** The JSON pointer to the restore options in the request. */
  readonly pointer: string;
}

/**
 * The path of a snapshot of the catalogue.
 *
 * @throws Fault `not-found` when no cluster of the target has it, `wrong-state` when it is not COMPLETED, is being
 *   disposed of, or has a path that Flink has not told.
 */
export const findSnapshotPath = async (snapshotId: string, place: Place, store: Store): Promise<string> =>
  (await readRestorable(snapshotId, place, store)).path;

interface RestoringCommand extends Place {
  readonly operationId: string;
}

/**
 * The write with which a command that starts from a snapshot names itself in its record, so that a disposal at the same time
 * fails, and a later one finds the command. The list of open operations may lack it.
 *
 * @throws Fault as {@link findSnapshotPath}
 */
export const markRestored = async (
  restore: Restore | undefined,
  { operationId, ...place }: RestoringCommand,
  store: Store,
): Promise<Pick<Change, 'snapshots'>> => {
  if (restore?.snapshot === undefined) return {};
  const { value, version } = await readRestorable(restore.snapshot, place, store);
  return { snapshots: [{ value: { ...value, restoreOperationId: operationId }, previous: version }] };
};

const readRestorable = async (
  snapshotId: string,
  { target, pointer }: Place,
  store: Store,
): Promise<Versioned<StoredSnapshot> & { readonly path: string }> => {
  const newFault = (code: ProblemCode, detail: string) =>
    new Fault(code, detail, { errors: [{ pointer: `${pointer}/snapshot`, detail }] });
  // The operation knows the cluster.
  const operation = (await store.operation(toSnapshotOperationId(snapshotId)))?.value;
  const found = operation?.target === target ? await store.snapshot(operation, snapshotId) : undefined;
  if (found === undefined) throw newFault('not-found', `Target ${target} has no snapshot ${snapshotId}.`);
  const { state, path } = withSnapshotState(found.value, operation);
  if (state !== 'COMPLETED')
    throw newFault('wrong-state', `Snapshot ${snapshotId} is ${state}. Only a COMPLETED one can be restored.`);
  if (await isBeingDisposedOf(found.value, store))
    throw newFault('wrong-state', `Snapshot ${snapshotId} is being disposed of.`);
  if (path === undefined)
    throw newFault('wrong-state', `The path of snapshot ${snapshotId} is not known. Restore it by its path.`);
  return { ...found, path };
};

const isBeingDisposedOf = async ({ disposalOperationId }: StoredSnapshot, store: Store): Promise<boolean> => {
  if (disposalOperationId === undefined) return false;
  const disposal = (await store.operation(disposalOperationId))?.value;
  return disposal !== undefined && !isTerminalOperation(disposal);
};
