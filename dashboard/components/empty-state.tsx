import Box from '@cloudscape-design/components/box';
import SpaceBetween from '@cloudscape-design/components/space-between';
import type { PropsWithChildren, ReactNode } from 'react';

interface EmptyStateProps {
  readonly title: string;
  readonly action?: ReactNode;
}

/** In place of a list without items: what is not there, and what to do. */
export const EmptyState = ({ title, action, children }: PropsWithChildren<EmptyStateProps>) => (
  <Box textAlign="center" color="inherit" margin={{ vertical: 'xs' }}>
    <SpaceBetween size="xxs">
      <strong>{title}</strong>
      {children === undefined ? null : <Box color="text-body-secondary">{children}</Box>}
      {action}
    </SpaceBetween>
  </Box>
);
