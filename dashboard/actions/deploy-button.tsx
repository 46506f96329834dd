import Button, { type ButtonProps } from '@cloudscape-design/components/button';

import type { Cluster } from '../api/types.ts';
import { useFollow } from '../app/links.tsx';
import { deployPath } from '../app/paths.ts';
import { findRefusal } from '../model/clusters/availability.ts';

interface DeployButtonProps {
  readonly target: string;
  readonly variant?: ButtonProps.Variant;
}

/** Opens the form for a new cluster. */
export const DeployButton = ({ target, variant = 'normal' }: DeployButtonProps) => {
  const onFollow = useFollow();
  return (
    <Button href={deployPath(target)} variant={variant} ariaLabel={`Deploy to ${target}`} onFollow={onFollow}>
      Deploy
    </Button>
  );
};

/** Opens the form with the spec of a cluster. Nothing when the spec is not stored. */
export const DeployAgainButton = ({ cluster }: { readonly cluster: Cluster }) => {
  const onFollow = useFollow();
  return findRefusal('deploy-again', cluster) === undefined ? (
    <Button href={deployPath(cluster.target, cluster.clusterId)} onFollow={onFollow}>
      Deploy again
    </Button>
  ) : null;
};
