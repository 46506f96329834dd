import Button from '@cloudscape-design/components/button';
import { useState } from 'react';

import type { Cluster, Snapshot } from '../api/types.ts';
import { findDisposalRefusal } from '../model/clusters/availability.ts';
import { formatBytes } from '../model/bytes.ts';
import { disposeSnapshot } from '../model/commands/cluster-commands.ts';
import { formatTime } from '../model/time.ts';
import { CommandDialog } from './command-dialog.tsx';

interface DisposeSnapshotProps {
  readonly cluster: Cluster;
  /** Undefined: none is selected, and the button is disabled. */
  readonly snapshot: Snapshot | undefined;
}

/** Deletes the files of a savepoint. */
export const DisposeSnapshot = ({ cluster, snapshot }: DisposeSnapshotProps) => {
  // It does not change when the list does.
  const [open, setOpen] = useState<Snapshot>();
  const refusal = snapshot === undefined ? 'Select a snapshot first.' : findDisposalRefusal(snapshot, cluster);
  return (
    <>
      <Button disabled={refusal !== undefined} disabledReason={refusal} onClick={() => setOpen(snapshot)}>
        Dispose
      </Button>
      {open === undefined ? null : (
        <CommandDialog
          title={`Dispose of snapshot ${open.snapshotId}`}
          confirm="Delete the savepoint"
          command={disposeSnapshot({ ...toRef(cluster), snapshotId: open.snapshotId })}
          onClose={() => setOpen(undefined)}
        >
          {describeLoss(open)}
        </CommandDialog>
      )}
    </>
  );
};

const toRef = ({ target, clusterId }: Cluster) => ({ target, clusterId });

const describeLoss = ({ jobName, createdAt, sizeBytes, path }: Snapshot): string => {
  const size = sizeBytes === undefined ? '' : ` (${formatBytes(sizeBytes)})`;
  return `Deletes the state of ${jobName} as of ${formatTime(createdAt)}${size} at ${path}. No job can start from it again, and there is no way to get it back. The API refuses this while a live job or a kept revision was restored from it.`;
};
