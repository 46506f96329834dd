import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import { useRouteError } from 'react-router';

import { isHosted } from '../api/client/caller.ts';

/** In place of a view that fails to load or to render. */
export const ErrorView = () => {
  const error = useRouteError();
  const message = error instanceof Error ? error.message : String(error);
  return (
    <Alert
      type="error"
      header="The view cannot be shown"
      action={<Button onClick={() => location.reload()}>Load again</Button>}
    >
      {isHosted() ? (
        `${message} Load the page again: there may be a newer one.`
      ) : (
        <>
          {message} Load the page again. If that does not help, check that <code>drey dashboard</code> still runs and
          has the version of the API.
        </>
      )}
    </Alert>
  );
};
