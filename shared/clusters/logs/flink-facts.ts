import { Fault } from '#events/problems/problem.ts';
import { isHexId } from '#events/hex-id.ts';
import type { factKinds } from '#events/records/kept-logs.ts';
import { maskFlinkJson } from '#shared/clusters/model/mask-flink.ts';
import { flinkRest } from '#shared/flink/rest/flink-rest.ts';
import type { Transport } from '#shared/flink/rest/transport/transport.ts';
import { urlPath } from '#shared/flink/rest/transport/url-path.ts';

export type FactKind = (typeof factKinds)[number];

/** The newest jobs of a session, which may have run thousands. */
const maxJobs = 20;
/** A program can answer in place of Flink, and each answer is held in memory. */
const maxAnswerBytes = 1_000_000;
/** After so many characters no further job is read. */
const maxCharacters = 4_000_000;

/**
 * What only the JobManager knows of a cluster, without secrets: the history of exceptions and the details of its jobs, by
 * the IDs of the jobs, or its configuration. The answers are those of Flink's REST API.
 *
 * @throws as `flinkRest` does.
 */
export const readFact = (kind: FactKind, transport: Transport): Promise<unknown> => facts[kind](transport);

const facts: Readonly<Record<FactKind, (transport: Transport) => Promise<unknown>>> = {
  configuration: async (transport) => maskFlinkJson(await readJson('/v1/jobmanager/config', transport)),
  exceptions: (transport) =>
    readByJob(transport, async (jobId) => readJson(urlPath`/v1/jobs/${jobId}/exceptions`, transport)),
  jobs: (transport) =>
    readByJob(transport, async (jobId) => {
      const paths = [urlPath`/v1/jobs/${jobId}`, urlPath`/v1/jobs/${jobId}/checkpoints`];
      const [details, checkpoints] = await Promise.all(paths.map((path) => readJson(path, transport)));
      return { details, checkpoints };
    }),
};

const readByJob = async (
  transport: Transport,
  read: (jobId: string) => Promise<unknown>,
): Promise<Readonly<Record<string, unknown>>> => {
  const jobs = (await flinkRest(transport).listJobs()).filter(({ jid }) => isHexId(jid));
  const newest = jobs.toSorted((a, b) => b['start-time'] - a['start-time']).slice(0, maxJobs);
  const answers: Record<string, unknown> = {};
  let characters = 0;
  for (const { jid } of newest) {
    const answer = maskFlinkJson(await read(jid));
    characters += JSON.stringify(answer).length;
    if (characters > maxCharacters) break;
    answers[jid] = answer;
  }
  return answers;
};

const readJson = async (path: string, transport: Transport): Promise<unknown> => {
  const { status, body } = await transport({ method: 'GET', path, maxAnswerBytes });
  if (status === 404) return null; // Flink no longer has it.
  if (status !== 200 || typeof body !== 'object')
    throw new Fault('target-refused', `Flink answered ${path} with status ${status}.`);
  return body;
};
