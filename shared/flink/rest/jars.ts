import * as z from 'zod';

import type { RestClient } from '#shared/flink/rest/transport/client.ts';
import {
  isSuccess,
  newRestFault,
  parseResponse,
  readCauses,
  toProgramFault,
  toStatusFault,
} from '#shared/flink/rest/transport/faults.ts';
import { getJobState } from './jobs.ts';
import { createMultipart, type JarFile } from '#shared/flink/rest/transport/multipart.ts';
import { urlPath } from '#shared/flink/rest/transport/url-path.ts';
import { Identifier } from '#shared/flink/rest/transport/values.ts';

const UploadedJar = z.object({ filename: Identifier });
const Jars = z.object({ files: z.array(z.object({ id: Identifier })) });
const JobPlan = z.object({ plan: z.unknown() });

export interface RunOptions {
  /** 32 hex digits. Flink does not start the same ID twice, so a run can be repeated. */
  readonly jobId: string;
  readonly entryClass?: string;
  readonly programArgsList?: readonly string[];
  readonly parallelism?: number;
  readonly savepointPath?: string;
  readonly allowNonRestoredState?: boolean;
  readonly claimMode?: 'CLAIM' | 'NO_CLAIM' | 'LEGACY';
  readonly flinkConfiguration?: Readonly<Record<string, string>>;
}

type PlanOptions = Pick<RunOptions, 'entryClass' | 'programArgsList' | 'parallelism'>;

/** Flink answers after main() has run. The limit is less than the 350 s after which AWS may close an idle connection. */
const mainTimeoutMs = 300_000;
/** The maximum time of a Lambda function. The signal of the caller ends an upload earlier. */
const uploadTimeoutMs = 900_000;

/** The part of Flink's REST API that uploads and runs jars. */
export const createJarMethods = (client: RestClient) => ({
  /**
   * @returns The ID of the jar at the JobManager. A restart of the JobManager deletes the jar.
   * @throws Fault `wrong-state` when the cluster accepts no jars: it is an application, or has `web.submit.enable: false`.
   */
  uploadJar: async (jar: JarFile): Promise<string> => {
    const stream = createMultipart(jar);
    const request = { method: 'POST', path: '/v1/jars/upload', stream, timeoutMs: uploadTimeoutMs } as const;
    const response = await client.send(request);
    if (response.status === 400 || response.status === 404) {
      throw newRestFault('wrong-state', response, 'The cluster does not accept the jar');
    }
    const { filename } = parseResponse(response, UploadedJar, 'POST /v1/jars/upload');
    return filename.slice(filename.lastIndexOf('/') + 1);
  },

  /**
   * Runs main() at the JobManager. When an answer is lost, run the jar again with the same job ID to learn the result.
   *
   * @returns `already-submitted` when the job of this ID was started before, also when it has ended.
   * @throws Fault `program-failed` with the exception of the program.
   * @throws Fault `not-ready` when the JobManager no longer has the jar.
   */
  runJar: (jarId: string, options: RunOptions) => runJar(client, jarId, options),

  /** Deletes a jar. A jar that is already deleted is a success. */
  deleteJar: async (jarId: string): Promise<void> => {
    const path = urlPath`/v1/jars/${jarId}`;
    const response = await client.send({ method: 'DELETE', path });
    if (!isSuccess(response) && (await hasJar(client, jarId))) throw toStatusFault(response, `DELETE ${path}`);
  },

  /**
   * The job plan of a program. Its main() runs at the JobManager until it executes its first job, which Flink does not
   * start.
   *
   * @throws Fault `program-failed` with the exception of the program.
   */
  getJobPlan: async (jarId: string, options: PlanOptions): Promise<unknown> => {
    const path = urlPath`/v1/jars/${jarId}/plan`;
    const response = await client.send({ method: 'POST', path, json: options, timeoutMs: mainTimeoutMs });
    if (!isSuccess(response) && response.status !== 408) throw toProgramFault(response);
    return parseResponse(response, JobPlan, `POST ${path}`).plan;
  },
});

const runJar = async (
  client: RestClient,
  jarId: string,
  options: RunOptions,
): Promise<'started' | 'already-submitted'> => {
  const path = urlPath`/v1/jars/${jarId}/run`;
  const response = await client.send({ method: 'POST', path, json: options, timeoutMs: mainTimeoutMs });
  if (isSuccess(response)) return 'started';
  const causes = readCauses(response);
  if (causes.some(({ name }) => name === 'DuplicateJobSubmissionException')) return 'already-submitted';
  if (causes.some(({ name }) => name === 'ProgramInvocationException')) throw toProgramFault(response);
  if (!(await hasJar(client, jarId))) {
    // The jar is deleted after a run. A run that is repeated later finds the job and not the jar.
    if ((await getJobState(client, options.jobId)) !== undefined) return 'already-submitted';
    throw newRestFault(
      'not-ready',
      response,
      `The JobManager no longer has jar ${jarId}, so it must be uploaded again`,
    );
  }
  throw response.status < 500 ? toProgramFault(response) : toStatusFault(response, `POST ${path}`);
};

const hasJar = async ({ get }: RestClient, jarId: string): Promise<boolean> =>
  (await get('/v1/jars', Jars)).files.some(({ id }) => id === jarId);
