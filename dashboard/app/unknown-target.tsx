import Alert from '@cloudscape-design/components/alert';
import ContentLayout from '@cloudscape-design/components/content-layout';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useLocation } from 'react-router';

import { ViewLink } from './links.tsx';
import { toTargetPath } from './paths.ts';

interface UnknownTargetProps {
  readonly target: string;
  readonly names: readonly string[];
}

/** In place of a view of a target that does not exist: links to the same view of the others. */
export const UnknownTarget = ({ target, names }: UnknownTargetProps) => {
  const { pathname } = useLocation();
  return (
    <ContentLayout header={<Header variant="h1">No target {target}</Header>}>
      <Alert type="error" header={`Target ${target} does not exist`}>
        <SpaceBetween size="xs">
          <div>{names.length === 0 ? 'There are no targets.' : 'These are the targets:'}</div>
          {names.map((name) => (
            <ViewLink key={name} href={toTargetPath(pathname, name)}>
              {name}
            </ViewLink>
          ))}
        </SpaceBetween>
      </Alert>
    </ContentLayout>
  );
};
