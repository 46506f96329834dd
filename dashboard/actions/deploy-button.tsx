import Button, { type ButtonProps } from '@cloudscape-design/components/button';

import { useFollow } from '../app/links.tsx';
import { deployPath } from '../app/paths.ts';

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
