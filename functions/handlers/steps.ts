import middy from '@middy/core';

import type { Principal } from '#events/principal.ts';
import { Fault } from '#events/problems/problem.ts';
import { logFailure } from '#shared/clusters/ports/failures.ts';
import { type Ports, portsFor, type World } from '#shared/clusters/ports/ports.ts';
import { log, logger, version } from '#shared/live/log.ts';

import { failEarly } from './timeout.ts';

interface StepEvent<S> {
  readonly step: string;
  readonly state: S & { readonly principal: Principal };
}
type Step<S> = (state: S, ports: Ports) => Promise<S>;

const deadlineDetail = 'The step took longer than the timeout of its function.';

/** The function of a state machine: each of its steps by name. An error keeps its name, because Retry and Catch match on it. */
export const stepsHandler = <S extends { readonly operationId: string }>(
  steps: Readonly<Record<string, Step<S>>>,
  world: World,
) =>
  middy<StepEvent<S>, StepEvent<S>['state']>(failEarly(deadlineDetail)).handler(
    async ({ step: name, state }, context, { signal }) => {
      const startedMs = Date.now();
      const { operationId, principal } = state;
      logger.resetKeys();
      logger.appendKeys({ requestId: context.awsRequestId, principal, operationId, step: name });
      try {
        const step = steps[name];
        if (step === undefined)
          throw new Fault(
            'version-mismatch',
            `Version ${version} of the function has no step ${name}. Another version of the state machine calls it.`,
          );
        const next = await step(state, portsFor(world, { signal, principal, operationId }));
        logger.info('step completed', { durationMs: Date.now() - startedMs, ...describeOutcome(next) });
        return { ...next, principal };
      } catch (error) {
        logFailure({ message: 'step failed', error, fields: { durationMs: Date.now() - startedMs }, log });
        throw error;
      }
    },
  );

const describeOutcome = (state: object) => ('outcome' in state ? { result: state.outcome } : {});
