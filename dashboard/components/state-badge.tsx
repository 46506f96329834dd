import StatusIndicator from '@cloudscape-design/components/status-indicator';

import { findLook, type StateKind } from '../model/states.ts';

interface StateBadgeProps {
  readonly kind: StateKind;
  readonly state: string;
}

/** A state of a cluster, job or operation with its icon and color. */
export const StateBadge = ({ kind, state }: StateBadgeProps) => (
  <StatusIndicator type={findLook(kind, state)} wrapText={false}>
    {state}
  </StatusIndicator>
);
