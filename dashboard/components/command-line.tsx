import Box from '@cloudscape-design/components/box';
import CopyToClipboard from '@cloudscape-design/components/copy-to-clipboard';

import { toCommandLine } from '#shared/shell-words.ts';

interface CommandLineProps {
  /** The words after `drey`. */
  readonly words: readonly string[];
}

/** The call of `drey` that does the same, to copy. */
export const CommandLine = ({ words }: CommandLineProps) => (
  <div>
    <Box variant="awsui-key-label">Command line</Box>
    <Box variant="code">
      <CopyToClipboard
        variant="inline"
        textToCopy={toCommandLine(['drey', ...words])}
        copyButtonAriaLabel="Copy the command line"
        copySuccessText="Copied"
        copyErrorText="Not copied"
      />
    </Box>
  </div>
);
