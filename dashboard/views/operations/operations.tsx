import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import ContentLayout from '@cloudscape-design/components/content-layout';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import { useNavigate } from 'react-router';

import { operationPath } from '../../app/paths.ts';
import { useTargetName } from '../../app/target.ts';
import { CommandLine } from '../../components/command-line.tsx';
import { KnownOperations } from './known-operations.tsx';

/** Finds an operation by its ID, or among those that the page knows. */
export const Component = () => {
  const target = useTargetName();
  const [operationId, setOperationId] = useState('');
  const navigate = useNavigate();
  const id = operationId.trim();
  return (
    <ContentLayout
      header={
        <Header variant="h1" description={`Commands for target ${target} and what became of them`}>
          Operations
        </Header>
      }
    >
      <SpaceBetween size="l">
        <Container>
          <form
            onSubmit={(event) => {
              event.preventDefault();
              if (id !== '') void navigate(operationPath(target, id));
            }}
          >
            <FormField
              label="Operation ID"
              description="Each command prints the ID of its operation. Events, logs and problems have it, too."
              secondaryControl={
                <Button variant="primary" formAction="submit" disabled={id === ''}>
                  Show
                </Button>
              }
            >
              <Input value={operationId} onChange={({ detail }) => setOperationId(detail.value)} />
            </FormField>
          </form>
        </Container>
        <KnownOperations target={target} />
        <CommandLine words={['operation', id === '' ? 'OPERATION-ID' : id, '--at', target]} />
      </SpaceBetween>
    </ContentLayout>
  );
};
