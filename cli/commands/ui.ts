import { openForward } from '#cli/api/forward.ts';
import { Failure } from '#cli/api/failure.ts';
import { resolveSettings } from '#cli/api/settings.ts';
import { defineCommand } from '#cli/commander/command.ts';
import { startFlinkListener } from '#cli/dashboard/flink-listener.ts';
import { serve } from '#cli/dashboard/serve.ts';
import { clusterPath, readCluster } from '#cli/flows/clusters.ts';
import { browserOptions, type BrowserOptions, parsePort } from '#cli/options/browser.ts';
import type { ClusterRef } from '#events/names.ts';
import { isPendingCluster } from '#events/records/cluster-states.ts';

import { type Context, settingsSources, toClusterRef } from '../context.ts';

export const ui = defineCommand<BrowserOptions>({
  operandIs: 'cluster',
  options: browserOptions,
  examples: {
    'drey ui my-first-flink-cluster': "open Flink's web UI, and serve it until Ctrl-C",
    'drey ui my-first-flink-cluster --no-open': 'print the address only',
  },
  run: async (context, [operand], options) => {
    const port = parsePort(options.port);
    const cluster = await toClusterRef(context, operand);
    await assertAnswering(cluster, context);
    const listener = await startFlinkListener({
      cluster,
      forward: openForward(resolveSettings(settingsSources(context.options, context.io))),
      port,
      signal: context.signal,
    });
    await serve(listener, { title: `Flink's web UI of ${cluster.clusterId}`, opens: options.open ?? true }, context);
  },
});

/** Asks for what the UI asks first, so that a failure is told here and not in the browser. @throws Failure */
const assertAnswering = async (clusterRef: ClusterRef, context: Context): Promise<void> => {
  const cluster = await readCluster(clusterRef, context);
  if (isPendingCluster(cluster))
    throw new Failure(`Cluster ${cluster.clusterId} is ${cluster.state}, and has no JobManager that answers yet.`, {
      code: 'not-ready',
      hint: `Run \`drey wait ${cluster.operationId}\`, then \`drey ui ${cluster.clusterId}\`.`,
    });
  await context.api.get(`${clusterPath(clusterRef)}/flink/config`);
};
