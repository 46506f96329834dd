import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';

import { toApiError } from '../api/client/problem.ts';
import { Message } from '../components/message.tsx';

/** In place of the page that does not know who serves it, and so not how to call the API. */
export const StartFailure = ({ error }: { readonly error: unknown }) => {
  const { details, wayOut } = toApiError(error);
  return (
    <main>
      <title>Drey</title>
      <Box padding="xxl">
        <Alert
          type="error"
          header={details.title}
          action={<Button onClick={() => location.reload()}>Load again</Button>}
        >
          <Message text={[details.detail, wayOut].filter(Boolean).join(' ')} />
        </Alert>
      </Box>
    </main>
  );
};
