import Button from '@cloudscape-design/components/button';
import ContentLayout from '@cloudscape-design/components/content-layout';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';

import { toApiError } from '../api/client/problem.ts';
import { useFollow } from '../app/links.tsx';

interface NotThereProps {
  /** What does not exist: `No cluster nightly`. */
  readonly title: string;
  readonly error: unknown;
  /** The list in which the reader finds what exists. */
  readonly list: { readonly text: string; readonly href: string };
}

/** In place of the view of something that does not exist. */
export const NotThere = ({ title, error, list: { text, href } }: NotThereProps) => {
  const onFollow = useFollow();
  const { details, wayOut } = toApiError(error);
  return (
    <ContentLayout header={<Header variant="h1">{title}</Header>}>
      <SpaceBetween size="m">
        <div>
          {details.detail} {wayOut}
        </div>
        <Button href={href} onFollow={onFollow}>
          {text}
        </Button>
      </SpaceBetween>
    </ContentLayout>
  );
};

/** Whether a call failed because its subject does not exist. */
export const isNotFound = (error: unknown): boolean => error !== null && toApiError(error).isNotFound;
