import { deploy } from '#shared/clusters/commands/deploy/deploy.ts';
import {
  callbacks,
  jars,
  kubernetes,
  payloads,
  queues,
  revisionSpecs,
  table,
  workflows,
} from '#shared/live/adapters.ts';
import { openWorld } from '#shared/live/world.ts';

import { commandHandler } from './handlers/command.ts';

export const deployHandler = commandHandler({ deploy });

export const handler = deployHandler(
  openWorld<'deploy'>({ table, kubernetes, workflows, jars, payloads, revisionSpecs, queues, callbacks }),
);
