import * as z from 'zod';

import { Fault, type FieldError } from '#events/problems/problem.ts';
import type { NamedTarget } from '#events/records/target.ts';

/** The object that the API server answers with instead of a resource, above all for failures. */
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
  /** Parsed JSON, or the text of another content type. */
  readonly body: unknown;
  /** The size of the body; undefined for a model of an API server. */
  readonly bytes?: number;
  readonly retryAfterSeconds: number | undefined;
  /** The request was sent again, so the API server may still execute an earlier one that it did not answer. */
  readonly isRepeated?: true;
}

/** The Status object in an answer; undefined when the answer has none, as an answer of Flink behind the proxy. */
export const parseStatus = ({ body }: Answer): Status | undefined => Status.safeParse(body).data;

const maxMessageLength = 500;

/** Statuses of failures that may pass by themselves. */
export const transientStatuses: ReadonlySet<number> = new Set([408, 429, 500, 502, 503, 504]);

/** The fault that an unexpected answer stands for. The HTTP status decides about its code, never the text. */
export const toRefusal = (answer: Answer, target: NamedTarget): Fault => {
  const status = parseStatus(answer);
  const message = (status?.message ?? `HTTP status ${answer.status}`).slice(0, maxMessageLength);
  const reason = status?.reason === undefined ? {} : { reason: status.reason };
  const options = { ...reason, cause: answer.body };
  const description = describeRefusal(answer.status, message, target);
  switch (answer.status) {
    case 400:
    case 413:
    case 422:
      return new Fault('refused-option', description, { ...options, errors: toFieldErrors(status, message) });
    case 409:
      return new Fault('conflict', description, options);
    default:
      return transientStatuses.has(answer.status)
        ? new Fault('target-unreachable', description, { ...options, ...findRetryAfter(answer, status) })
        : new Fault('target-refused', description, options);
  }
};

const describeRefusal = (httpStatus: number, message: string, { cluster, namespace, roleArn }: NamedTarget): string => {
  switch (httpStatus) {
    case 401:
      return `EKS cluster ${cluster} does not accept Drey's role. Create an access entry for ${roleArn ?? 'the role of this function'}.`;
    case 403:
      return `EKS cluster ${cluster} refused the request: ${message}. Grant the permission by a Role in namespace ${namespace} that is bound to the group of Drey's access entry.`;
    case 404:
      return `EKS cluster ${cluster} does not have the resource: ${message}`;
    case 400:
    case 413:
    case 422:
      return `Kubernetes refused an object: ${message}`;
    case 409:
      return `EKS cluster ${cluster} reports a conflict: ${message}`;
    default:
      return `EKS cluster ${cluster} answered with status ${httpStatus}: ${message}`;
  }
};

const findRetryAfter = (answer: Answer, status: Status | undefined) => {
  const seconds = answer.retryAfterSeconds ?? status?.details?.retryAfterSeconds;
  return seconds === undefined ? {} : { retryAfterSeconds: seconds };
};

/** A cause names a field of the object, such as `spec.template.spec.containers[0].image`. */
const toFieldErrors = (status: Status | undefined, message: string): readonly FieldError[] => {
  const causes = status?.details?.causes ?? [];
  if (causes.length === 0) return [{ pointer: '/manifests', detail: message }];
  return causes.map(({ field = '', message: detail = message }) => ({ pointer: `/manifests/${field}`, detail }));
};
