import { createApplicationMethods } from './applications.ts';
import { createRestClient } from '#shared/flink/rest/transport/client.ts';
import { createClusterMethods } from './clusters.ts';
import { createJarMethods } from './jars.ts';
import { createJobMethods } from './jobs.ts';
import { createLastCheckpointMethods } from './last-checkpoints.ts';
import { createRescaleMethods } from './rescales.ts';
import { createResourceRequirementMethods } from './resource-requirements.ts';
import { createCheckpointMethods, createDisposalMethods, createSavepointMethods } from './snapshots.ts';
import type { Transport } from '#shared/flink/rest/transport/transport.ts';

export type FlinkRest = ReturnType<typeof flinkRest>;

/**
 * The REST API of one Flink cluster. Every method also throws the faults of its transport.
 *
 * @throws Fault `not-ready` while no JobManager leads.
 * @throws Fault `target-unreachable` when Flink failed.
 * @throws Fault `target-refused` when the answer does not have the form of Flink's REST API.
 * @see Flink 2.3, REST API
 */
export const flinkRest = (transport: Transport) => {
  const client = createRestClient(transport);
  return {
    ...createClusterMethods(client),
    ...createApplicationMethods(client),
    ...createJobMethods(client),
    ...createRescaleMethods(client),
    ...createResourceRequirementMethods(client),
    ...createJarMethods(client),
    ...createSavepointMethods(client),
    ...createCheckpointMethods(client),
    ...createLastCheckpointMethods(client),
    ...createDisposalMethods(client),
  };
};
