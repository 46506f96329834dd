import middy from '@middy/core';

import { Fault } from '#events/problem.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import { log } from '#shared/live.ts';

import { earlyMs } from './http.ts';

interface StepEvent<S> {
  readonly step: string;
  readonly state: S;
}
type Step<S> = (state: S, ports: Ports, signal: AbortSignal) => Promise<S>;

const deadline = () => {
  throw new Fault('deadline-exceeded', 'the step took longer than its function may');
};

/** The function of a state machine: each of its steps by name. What a step throws keeps its name, by which Retry and Catch go. */
export const steps = <S extends { readonly operationId: string }>(
  named: Readonly<Record<string, Step<S>>>,
  ports: Ports,
) =>
  middy<StepEvent<S>, S>({ timeoutEarlyInMillis: earlyMs, timeoutEarlyResponse: deadline }).handler(
    async ({ step, state }, context, { signal }) => {
      const began = Date.now();
      log.resetKeys();
      log.appendKeys({
        function: context.functionName,
        requestId: context.awsRequestId,
        operationId: state.operationId,
        step,
      });
      try {
        const take = named[step];
        if (take === undefined) throw new Error(`there is no step ${step}`);
        const next = await take(state, ports, signal);
        log.info('step taken', { durationMs: Date.now() - began, ...outcomeOf(next) });
        return next;
      } catch (error) {
        if (error instanceof Fault)
          log.warn('step failed', { durationMs: Date.now() - began, code: error.code, detail: error.message });
        else
          log.error('step failed', {
            durationMs: Date.now() - began,
            error: error instanceof Error ? error : new Error(String(error)),
          });
        throw error;
      }
    },
  );

const outcomeOf = (state: object) => ('outcome' in state ? { answer: state.outcome } : {});
