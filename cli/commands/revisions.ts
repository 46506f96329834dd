import { defineCommand } from '#cli/commander/command.ts';
import { printRevisions, printSpec } from '#cli/flows/revisions.ts';

import { toClusterRef } from '../context.ts';

export const revisions = defineCommand({
  operandIs: 'cluster',
  examples: {
    'drey revisions etl': 'list the revisions of cluster etl, newest first',
    'drey revisions etl 3 > etl.yaml': 'save the spec of revision 3 as a file for `drey deploy -f`',
    'drey revisions etl latest --output json': 'print the spec of the newest revision as JSON',
  },
  run: async (context, [operand, revision]) => {
    const clusterRef = await toClusterRef(context, operand);
    if (revision === undefined) await printRevisions(clusterRef, context);
    else await printSpec(clusterRef, revision, context);
  },
});
