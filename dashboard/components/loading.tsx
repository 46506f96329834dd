import Box from '@cloudscape-design/components/box';
import StatusIndicator from '@cloudscape-design/components/status-indicator';

export const Loading = ({ text = 'Loading' }: { readonly text?: string }) => (
  <Box textAlign="center" padding="m">
    <StatusIndicator type="loading">{text}</StatusIndicator>
  </Box>
);
