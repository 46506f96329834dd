import { path } from '#cli/api/path.ts';
import type { Applied } from '#cli/api/responses.ts';
import type { Context } from '#cli/context.ts';
import { clusterPath } from '#cli/flows/clusters.ts';
import { followOperation, postCommand, printSubmitted } from '#cli/flows/operations.ts';
import type { ClusterRef } from '#events/names.ts';

interface JobApply {
  readonly clusterRef: ClusterRef;
  readonly jobId: string;
  /** The program, its options, and `rollout`. */
  readonly body: Readonly<Record<string, unknown>>;
}

/** Runs another program in place of a job of a session. */
export const sendJobApply = ({ clusterRef, jobId, body }: JobApply, context: Context): Promise<Applied> =>
  postCommand<Applied>({ method: 'PUT', path: `${clusterPath(clusterRef)}${path`/jobs/${jobId}`}`, body }, context);

interface FinishOptions {
  readonly jobId: string;
  readonly wait: boolean;
  readonly printJson: Context['printJson'];
}

/** Waits for the apply of a job, if asked, and prints its result. @throws Failure when the apply fails */
export const finishJobApply = async (
  applied: Applied,
  { jobId, wait, printJson }: FinishOptions,
  context: Context,
): Promise<void> => {
  const { operation } = applied;
  const title = `Applying job ${jobId}`;
  if (operation === undefined) {
    if (context.json) printJson(applied);
    else context.print(`Job ${jobId} is unchanged.`);
  } else if (wait) {
    const ended = await followOperation(operation, title, context);
    if (context.json) printJson({ operation: ended });
    else context.print(`Job ${ended.rollout?.job?.to ?? ''} runs in place of job ${jobId}.`);
  } else if (context.json) printJson(applied);
  else printSubmitted(operation, `${title}.`, context);
};
