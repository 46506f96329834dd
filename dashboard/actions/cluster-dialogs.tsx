import type { ClusterAction } from '../model/clusters/availability.ts';
import type { ClusterDialogProps } from './command-dialog.tsx';
import { ExtendDialog } from './extend-dialog.tsx';
import { SubmitDialog } from './jobs/submit-dialog.tsx';
import { RolloutDialog } from './rollout-dialog.tsx';
import { StopDialog } from './stop-dialog.tsx';

/** The actions that have a dialog. The others open a page. */
export type DialogAction = Exclude<ClusterAction, 'flink-ui' | 'deploy-again'>;

/** The dialog of an action of a cluster. */
const ClusterDialog = ({ action, ...props }: ClusterDialogProps & { readonly action: DialogAction }) => {
  switch (action) {
    case 'submit':
      return <SubmitDialog {...props} />;
    case 'extend':
      return <ExtendDialog {...props} />;
    case 'stop':
      return <StopDialog {...props} />;
    default:
      return <RolloutDialog {...props} kind={action} />;
  }
};

// A default export, because `lazy` loads one.
export default ClusterDialog;
