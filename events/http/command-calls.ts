import * as z from 'zod';

import type { CommandDefinition } from '../commands/define.ts';
import { commands } from '../commands/index.ts';
import { Accepted, Applied } from './accepted.ts';
import type { Call } from './call.ts';

/** The commands of which nothing may be left to do. */
const changesNothing: ReadonlySet<string> = new Set(['apply', 'apply-job', 'rollback']);

/** Every call that is a command, by route. */
export const commandCalls: Readonly<Record<string, Call>> = Object.fromEntries(
  Object.values<CommandDefinition>(commands).map(({ kind, function: name, route, summary, data }) => [
    route,
    {
      function: name,
      summary,
      body: bodyOf(data, route),
      answer: changesNothing.has(kind) ? Applied : Accepted,
      status: 202,
    },
  ]),
);

/** The data of a command without its path parameters. */
function bodyOf(data: z.ZodObject, route: string): z.ZodObject {
  const inPath = [...route.matchAll(/\{(\w+)\}/g)]
    .map(([, name]) => name)
    .filter((name) => name !== undefined && name in data.shape);
  return inPath.length === 0
    ? data
    : z.strictObject(Object.fromEntries(Object.entries(data.shape).filter(([name]) => !inPath.includes(name))));
}
