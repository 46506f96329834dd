import { expect, it } from 'vitest';

import { clusterStates, isTerminalCluster } from '#events/records/cluster-states.ts';
import { isTerminalJob, JobState } from '#events/records/job.ts';
import { isTerminalOperation, OperationState } from '#events/records/operation.ts';

import { isTerminalState, type StateKind } from '../../../dashboard/model/states.ts';

// The page does not load the records of jobs and operations, because their schemas are large.
it('has the terminal states of the records', () => {
  const find = (kind: StateKind, states: readonly string[]) => states.filter((state) => isTerminalState(kind, state));

  expect(find('cluster', clusterStates)).toEqual(clusterStates.filter((state) => isTerminalCluster({ state })));
  expect(find('job', JobState.options)).toEqual(JobState.options.filter((state) => isTerminalJob({ state })));
  expect(find('operation', OperationState.options)).toEqual(
    OperationState.options.filter((state) => isTerminalOperation({ state })),
  );
});
