import CopyToClipboard from '@cloudscape-design/components/copy-to-clipboard';

import { toCommandLine } from '#shared/shell-words.ts';

import type { ClusterRef } from '../api/clusters/cluster.ts';

/** The command that opens Flink's web UI. A hosted page cannot: a browser opens an address without the token of the page. */
export const flinkUiCommand = ({ target, clusterId }: ClusterRef): string =>
  toCommandLine(['drey', 'ui', clusterId, '--at', target]);

export const FlinkUiCommand = ({ cluster }: { readonly cluster: ClusterRef }) => (
  <CopyToClipboard
    variant="button"
    textToCopy={flinkUiCommand(cluster)}
    copyButtonText={`drey ui ${cluster.clusterId}`}
    copyButtonAriaLabel="Copy the command that opens Flink's UI"
    copySuccessText="Copied"
    copyErrorText="Not copied"
  />
);
