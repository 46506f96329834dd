import { defineCommand } from '#cli/commander/command.ts';
import { printSpec } from '#cli/flows/revisions.ts';

import { toClusterRef } from '../context.ts';

export const get = defineCommand({
  operandIs: 'cluster',
  examples: {
    'drey get etl -o yaml > etl.yaml': 'save the spec of a cluster as a file for `drey apply -f`',
    'drey get etl -o json': 'print the spec as JSON',
  },
  run: async (context, [operand]) => {
    const clusterRef = await toClusterRef(context, operand);
    await printSpec(clusterRef, 'latest', context);
  },
});
