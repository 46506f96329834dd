import { defineCommand } from '#cli/commander/command.ts';
import { clusterPath } from '#cli/flows/clusters.ts';
import { runCommand, submitCommand } from '#cli/flows/operations.ts';
import type { StopBody } from '#cli/flows/session/shutdown.ts';
import { waitOptions, type WaitOptions } from '#cli/options/wait.ts';

import { toClusterRef } from '../context.ts';

interface Options extends StopBody, WaitOptions {}

export const deleteCluster = defineCommand<Options>({
  operandIs: 'cluster',
  options: {
    '--savepoint <policy>': 'none (default), best-effort or required',
    '--savepoint-directory <url>': 'directory of the savepoints',
    '--ha <policy>': 'keep or purge high-availability data',
    ...waitOptions,
  },
  examples: {
    'drey delete etl': 'stop cluster etl with all of its jobs, and remove its objects',
    'drey delete etl --savepoint required': 'stop each job with a savepoint first; the cluster runs on if one fails',
  },
  run: async (context, [operand], { wait = true, savepoint, savepointDirectory, ha }) => {
    const clusterRef = await toClusterRef(context, operand);
    const title = `Stopping cluster ${clusterRef.clusterId}`;
    // The options that all commands have are no members of the request.
    const request = { path: `${clusterPath(clusterRef)}/stop`, body: { savepoint, savepointDirectory, ha }, title };
    if (!wait) return submitCommand(request, () => `${title}.`, context);
    const accepted = await runCommand(request, context);
    if (context.json) context.printJson(accepted);
    else context.print(`Stopped cluster ${clusterRef.clusterId}.`);
  },
});
