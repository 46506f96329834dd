import ButtonDropdown, { type ButtonDropdownProps } from '@cloudscape-design/components/button-dropdown';
import { lazy, Suspense, useState } from 'react';
import { useNavigate } from 'react-router';

import { isHosted } from '../api/client/caller.ts';
import type { Cluster } from '../api/types.ts';
import { deployPath, flinkUiPath } from '../app/paths.ts';
import { flinkUiCommand } from '../components/flink-ui-command.tsx';
import { type ClusterAction, clusterActions, findRefusal } from '../model/clusters/availability.ts';
import { describeStopAction } from '../model/clusters/end-state.ts';
import type { DialogAction } from './cluster-dialogs.tsx';

const ClusterDialog = lazy(() => import('./cluster-dialogs.tsx'));

const texts: Readonly<Record<Exclude<ClusterAction, 'stop'>, string>> = {
  submit: 'Submit a job',
  'flink-ui': "Open Flink's UI",
  extend: 'Extend',
  'deploy-again': 'Deploy again',
  restart: 'Restart',
  rollback: 'Roll back',
  suspend: 'Suspend',
  resume: 'Resume',
};

interface ClusterActionsProps {
  /** Undefined: no cluster is selected, and the button is disabled. */
  readonly cluster: Cluster | undefined;
}

/** The menu of what a reader can do with a cluster, and the dialog of the chosen action. */
export const ClusterActions = ({ cluster }: ClusterActionsProps) => {
  const navigate = useNavigate();
  const [open, setOpen] = useState<{ readonly action: DialogAction; readonly cluster: Cluster }>();
  const choose = ({ detail }: Parameters<NonNullable<ButtonDropdownProps['onItemClick']>>[0]) => {
    const action = clusterActions.find((one) => one === detail.id);
    if (action === undefined || action === 'flink-ui' || cluster === undefined) return; // A link opens Flink's UI.
    if (action === 'deploy-again') void navigate(deployPath(cluster.target, cluster.clusterId));
    else setOpen({ action, cluster });
  };
  return (
    <>
      <ButtonDropdown
        items={cluster === undefined ? [] : clusterActions.map((action) => toItem(action, cluster))}
        disabled={cluster === undefined}
        disabledReason={cluster === undefined ? 'Select a cluster first.' : undefined}
        expandToViewport
        onItemClick={choose}
      >
        Actions
      </ButtonDropdown>
      {open === undefined ? null : (
        <Suspense fallback={null}>
          <ClusterDialog {...open} onClose={() => setOpen(undefined)} />
        </Suspense>
      )}
    </>
  );
};

const toItem = (action: ClusterAction, cluster: Cluster): ButtonDropdownProps.Item => {
  const isFlinkUi = action === 'flink-ui';
  const refusal =
    findRefusal(action, cluster) ??
    (isFlinkUi && isHosted() ? `Run ${flinkUiCommand(cluster)} in a shell.` : undefined);
  return {
    id: action,
    text: action === 'stop' ? describeStopAction(cluster.state).action : texts[action],
    disabled: refusal !== undefined,
    ...(refusal === undefined ? {} : { disabledReason: refusal }),
    ...(isFlinkUi
      ? {
          href: flinkUiPath(cluster.target, cluster.clusterId),
          external: true,
          externalIconAriaLabel: '(opens in a new tab)',
        }
      : {}),
  };
};
