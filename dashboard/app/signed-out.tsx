import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import SpaceBetween from '@cloudscape-design/components/space-between';

interface SignedOutProps {
  /** Why there is nobody. Undefined: the reader has signed out. */
  readonly error?: Error;
}

/** The page without a reader: what happened, and how to sign in. */
export const SignedOut = ({ error }: SignedOutProps) => (
  <main>
    <title>Drey</title>
    <Box padding="xxl" textAlign="center">
      <SpaceBetween size="l" alignItems="center">
        <Box variant="h1">{error === undefined ? 'You are signed out' : 'You are not signed in'}</Box>
        {error === undefined ? null : (
          <Alert type="error" header="The sign-in failed">
            {error.message}
          </Alert>
        )}
        <Button variant="primary" href="/">
          Sign in
        </Button>
      </SpaceBetween>
    </Box>
  </main>
);
