import * as z from 'zod';

import { Fault } from '#events/problem.ts';
import type { NamedTarget } from '#events/target.ts';

/** What the API server answers when there is no object to answer with. */
export const Status = z.object({
  kind: z.literal('Status'),
  reason: z.string().optional(),
  message: z.string().optional(),
  details: z
    .object({
      name: z.string().optional(),
      kind: z.string().optional(),
      retryAfterSeconds: z.number().optional(),
      causes: z.array(z.object({ field: z.string().optional(), message: z.string().optional() })).optional(),
    })
    .optional(),
});
export type Status = Readonly<z.infer<typeof Status>>;

export interface Answer {
  readonly status: number;
  /** Parsed JSON, or the text where it is none. */
  readonly body: unknown;
  readonly retryAfterSeconds: number | undefined;
}

/** The API server's own words in an answer, if it is the API server that speaks. */
export const statusOf = ({ body }: Answer): Status | undefined => Status.safeParse(body).data;

const longestSentence = 500;

/** An answer that is not what was asked for, as a failure with a name: by HTTP status, never by the wording. */
export const refusalOf = (answer: Answer, target: NamedTarget): Fault => {
  const status = statusOf(answer);
  const { cluster, namespace } = target;
  const said = (status?.message ?? `HTTP status ${answer.status}`).slice(0, longestSentence);
  const reason = status?.reason === undefined ? {} : { reason: status.reason };
  const options = { ...reason, cause: answer.body };
  switch (answer.status) {
    case 401:
      return new Fault(
        'target-refused',
        `EKS cluster ${cluster} does not know Drey's role: there is no access entry for ${target.roleArn ?? 'the role of this function'}`,
        options,
      );
    case 403:
      return new Fault(
        'target-refused',
        `EKS cluster ${cluster} refused: ${said}. Rights are given by a Role in namespace ${namespace}, bound to the group of Drey's access entry`,
        options,
      );
    case 404:
      return new Fault('target-refused', `EKS cluster ${cluster} does not have what is asked for: ${said}`, options);
    case 400:
    case 413:
    case 422:
      return new Fault('refused-option', `Kubernetes refused an object: ${said}`, {
        ...options,
        errors: mistakesOf(status, said),
      });
    case 409:
      return new Fault('conflict', `EKS cluster ${cluster} has it otherwise: ${said}`, options);
    case 408:
    case 429:
    case 500:
    case 502:
    case 503:
    case 504:
      return new Fault('target-unreachable', `EKS cluster ${cluster} answered with ${answer.status}: ${said}`, {
        ...options,
        ...retryAfter(answer, status),
      });
    default:
      return new Fault('target-refused', `EKS cluster ${cluster} answered with ${answer.status}: ${said}`, options);
  }
};

const retryAfter = (answer: Answer, status: Status | undefined) => {
  const seconds = answer.retryAfterSeconds ?? status?.details?.retryAfterSeconds;
  return seconds === undefined ? {} : { retryAfterSeconds: seconds };
};

/** `spec.template.spec.containers[0].image: Required value`, and where the caller's part of it is. */
const mistakesOf = (status: Status | undefined, said: string) => {
  const causes = status?.details?.causes ?? [];
  if (causes.length === 0) return [{ pointer: '/manifests', detail: said }];
  return causes.map(({ field = '', message = said }) => ({ pointer: `/manifests/${field}`, detail: message }));
};
