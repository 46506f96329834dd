import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';

import { Grants } from '#events/http/grants.ts';
import { openMetrics } from '#shared/aws/metrics.ts';
import { toAccount } from '#shared/clusters/model/target-place.ts';
import type { World } from '#shared/clusters/ports/ports.ts';

import type * as adapters from './adapters.ts';
import { newId, now } from './clock.ts';
import { readGrants, readVariable } from './environment.ts';
import { log } from './log.ts';
import type { portUses } from './port-uses.ts';

export type FunctionName = keyof typeof portUses;

/** The adapters of `adapters.ts` that have the port of a use. */
type AdapterOf<Use extends string> = Use extends `${'store' | 'targets'}.${string}`
  ? 'table'
  : Use extends `${string}Queue.${string}`
    ? 'queues'
    : Use extends `${infer Port extends keyof typeof adapters}.${string}`
      ? Port
      : never;

/** The openers of the ports that a function declares in `port-uses.ts`, neither more nor fewer. */
export type Openers<Name extends FunctionName> = {
  readonly [Adapter in AdapterOf<(typeof portUses)[Name][number]>]: (typeof adapters)[Adapter];
};

/** What a function has besides its adapters. */
const openBase = () => {
  const grants = readGrants();
  return {
    account: toAccount(readVariable('DREY_KUBERNETES_ROLE_ARN')),
    grants: grants === undefined ? undefined : Grants.parse(JSON.parse(grants)),
    log,
    metrics: openMetrics(readVariable('DREY_STAGE')),
    now,
    newId,
    newToken: () => randomUUID(),
    sleep: (ms: number, signal: AbortSignal) => setTimeout(ms, undefined, { signal }),
    random: Math.random,
  };
};

/** The adapters of the ports that a function uses. */
export const openWorld = <Name extends FunctionName>(openers: Openers<Name>): World => {
  const opened = Object.values<() => Partial<World>>(openers).map((open) => open());
  // The other ports are missing. A unit test shows that the code of the function does not reach them.
  return Object.assign(openBase(), ...opened) as World;
};
