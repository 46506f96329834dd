import * as z from 'zod';

import type { ProgramStatus } from '#events/records/cluster.ts';

import type { RestClient } from '#shared/flink/rest/transport/client.ts';
import { ignoreNotFound } from '#shared/flink/rest/transport/faults.ts';
import { readRootCause } from './exceptions.ts';
import { urlPath } from '#shared/flink/rest/transport/url-path.ts';
import { Identifier, Time } from '#shared/flink/rest/transport/values.ts';

const ApplicationState = z.enum(['CREATED', 'RUNNING', 'FAILING', 'FAILED', 'CANCELING', 'CANCELED', 'FINISHED']);

const ApplicationOverview = z.object({
  id: Identifier,
  status: ApplicationState,
  'start-time': Time,
});

const ApplicationsOverview = z.object({ applications: z.array(ApplicationOverview) });

/** The part of Flink's REST API about applications. @see Flink 2.3 `ApplicationsOverviewHeaders`, `ApplicationExceptionsHeaders` */
export const createApplicationMethods = (client: RestClient) => ({
  /**
   * The program of an application cluster, which may start several jobs, or none. Undefined before the program starts, and
   * before Flink 2.3, which has no such path.
   *
   * @param id The ID that Drey gave to the application. Without an application of this ID, the latest one is reported.
   */
  getProgram: async (id: string): Promise<ProgramStatus | undefined> => {
    const answer = await ignoreNotFound(client.get('/v1/applications/overview', ApplicationsOverview));
    const [latest] = answer?.applications.toSorted((one, other) => other['start-time'] - one['start-time']) ?? [];
    const application = answer?.applications.find((one) => one.id === id) ?? latest;
    if (application === undefined) return undefined;
    const { status } = application;
    if (status === 'FINISHED' || status === 'CANCELED') return { state: status };
    if (status !== 'FAILED') return { state: 'RUNNING' };
    const message = await ignoreNotFound(readRootCause(client, urlPath`/v1/applications/${application.id}/exceptions`));
    return message === undefined ? { state: status } : { state: status, message };
  },
});
