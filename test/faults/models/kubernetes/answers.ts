import { Fault } from '#events/problems/problem.ts';
import type { NamedTarget } from '#events/records/target.ts';
import type { Answer } from '#shared/kubernetes/api/status.ts';
import type { Failure } from '#test/faults/simulation.ts';

export const respondOk = (body: unknown, status = 200): Answer => ({ status, body, retryAfterSeconds: undefined });

export const respondStatus = (status: number, message: string): Answer => ({
  status,
  body: { kind: 'Status', apiVersion: 'v1', message, code: status },
  retryAfterSeconds: undefined,
});

export const failUnreachable = (name: string, applied: boolean, { cluster }: NamedTarget): Failure<never> => ({
  name,
  applied,
  seconds: 5,
  answer: () => {
    throw new Fault('target-unreachable', `EKS cluster ${cluster} did not answer: no answer within 5 s`);
  },
});

const failWith = (name: string, status: number, applied: boolean, more: Partial<Answer> = {}): Failure<Answer> => ({
  name,
  applied,
  seconds: 0.02,
  answer: () => ({ ...respondStatus(status, name), ...more }),
});

/** The failures of every request to the API server. */
export const listFailures = (target: NamedTarget): readonly Failure<Answer>[] => [
  failWith('429', 429, false, { retryAfterSeconds: 1 }),
  failWith('500', 500, false),
  failWith('503', 503, false),
  failWith('504, and it is done', 504, true),
  failWith('401, the token has expired', 401, false),
  failUnreachable('no answer', false, target),
  failUnreachable('it is done, and no answer comes', true, target),
  { ...failUnreachable('no answer, and it is done 20 s later', true, target), late: 20 },
];
