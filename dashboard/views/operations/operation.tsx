import Alert from '@cloudscape-design/components/alert';
import Container from '@cloudscape-design/components/container';
import ContentLayout from '@cloudscape-design/components/content-layout';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useParams } from 'react-router';

import { DeployAgainButton } from '../../actions/deploy-button.tsx';
import { useCluster } from '../../api/clusters/cluster.ts';
import { useOperation } from '../../api/operations/operations.ts';
import { ApiError } from '../../api/client/problem.ts';
import type { Operation } from '../../api/types.ts';
import { useTargetName } from '../../app/target.ts';
import { CommandLine } from '../../components/command-line.tsx';
import { Message } from '../../components/message.tsx';
import { ProblemAlert } from '../../components/problem-alert.tsx';
import { QueryState } from '../../components/query-state.tsx';
import { StateBadge } from '../../components/state-badge.tsx';
import { BatchItemTable } from './batch-item-table.tsx';
import { OperationFacts } from './facts.tsx';
import { OperationSteps } from './operation-steps.tsx';
import { RestoredJobTable } from './restored-job-table.tsx';
import { RolloutFacts } from './rollout-facts.tsx';

/** An operation with its steps, until its verdict is known. */
export const Component = () => {
  const target = useTargetName();
  const { operationId = '' } = useParams();
  const query = useOperation({ target, operationId }, { withVerdict: true });
  const { data } = query;
  return (
    <ContentLayout
      header={
        <Header
          variant="h1"
          description={`Operation ${operationId} of target ${target}`}
          info={data === undefined ? undefined : <StateBadge kind="operation" state={data.state} />}
        >
          {data === undefined ? 'Operation' : `${data.kind} ${data.clusterId}`}
        </Header>
      }
    >
      <SpaceBetween size="l">
        <QueryState query={query}>{(operation) => <Details operation={operation} />}</QueryState>
        <CommandLine words={['operation', operationId, '--at', target]} />
      </SpaceBetween>
    </ContentLayout>
  );
};

/** The way out of a deploy that failed. Nothing while the cluster is read, and when it has no spec. */
const FailedDeploy = ({ operation: { target, clusterId } }: { readonly operation: Operation }) => {
  const { data } = useCluster({ target, clusterId });
  return data === undefined ? null : <DeployAgainButton cluster={data} />;
};

const Details = ({ operation }: { readonly operation: Operation }) => {
  const { operationId, kind, problem, rollout, restoredJobs = [], warnings = [], target } = operation;
  return (
    <SpaceBetween size="l">
      {problem === undefined ? null : (
        <ProblemAlert
          error={new ApiError({ ...problem, operationId })}
          action={problem.code === 'deployment-failed' ? <FailedDeploy operation={operation} /> : undefined}
        />
      )}
      {problem === undefined && operation.verdictMessage !== undefined ? (
        <Alert type={operation.verdict === 'FAILED' ? 'error' : 'info'} header={`The verdict is ${operation.verdict}`}>
          <Message text={operation.verdictMessage} />
        </Alert>
      ) : null}
      {warnings.map((warning) => (
        <Alert key={warning} type="warning">
          <Message text={warning} />
        </Alert>
      ))}
      <OperationFacts operation={operation} />
      <Container header={<Header variant="h2">Steps</Header>}>
        <OperationSteps operation={operation} />
      </Container>
      {rollout === undefined ? null : <RolloutFacts rollout={rollout} />}
      {restoredJobs.length === 0 ? null : <RestoredJobTable target={target} jobs={restoredJobs} />}
      {kind === 'batch' ? <BatchItemTable operation={operation} /> : null}
    </SpaceBetween>
  );
};
