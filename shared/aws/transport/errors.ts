import { readElement } from './xml.ts';

/** Why a transaction was canceled: one reason for each item. */
interface CancellationReason {
  readonly Code?: string;
}

interface AwsErrorOptions {
  readonly status: number;
  readonly message?: string;
  readonly retryAfterSeconds?: number;
  readonly CancellationReasons?: readonly CancellationReason[] | undefined;
}

/** A refusal of an AWS service. Its name is the error code. The message may hold what no caller may see. */
export class AwsError extends Error {
  readonly status: number;
  readonly retryAfterSeconds: number;
  readonly CancellationReasons?: readonly CancellationReason[];

  constructor(code: string, { status, message = code, retryAfterSeconds = 0, CancellationReasons }: AwsErrorOptions) {
    super(message);
    this.name = code;
    this.status = status;
    this.retryAfterSeconds = retryAfterSeconds;
    if (CancellationReasons !== undefined) this.CancellationReasons = CancellationReasons;
  }
}

/** Whether AWS refused with this error code. */
export const isRefusal = (error: unknown, code: string): boolean => error instanceof Error && error.name === code;

interface Refused {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly text: string;
}

/** The error of an answer. Services name it in a header, in a member of the body, or in an element. */
export const toAwsError = ({ status, headers, text }: Refused): AwsError => {
  const retryAfterSeconds = Number(headers['retry-after'] ?? 0) || 0;
  if (text.startsWith('<')) {
    const code = readElement(text, 'Code') ?? 'UnknownError';
    return new AwsError(code, { status, retryAfterSeconds, message: readElement(text, 'Message') ?? code });
  }
  const body = parseBody(text);
  const type = headers['x-amzn-errortype'] ?? body['__type'] ?? body.code;
  const code = toCode(type ?? (status === 404 ? 'NotFound' : ''));
  const message = body.message ?? body.Message ?? code;
  return new AwsError(code, { status, retryAfterSeconds, message, CancellationReasons: body.CancellationReasons });
};

/** `com.amazonaws.dynamodb.v20120810#ThrottlingException`, or `ThrottlingException:http://…`. */
const toCode = (text: unknown): string => String(text).split(':')[0]?.split('#').at(-1) || 'UnknownError';

interface Body {
  readonly __type?: string;
  readonly code?: string;
  readonly message?: string;
  readonly Message?: string;
  readonly CancellationReasons?: readonly CancellationReason[];
}

const parseBody = (text: string): Body => {
  try {
    // Services answer with these members or without them. A proxy between may answer with anything.
    return (JSON.parse(text) as Body | null) ?? {};
  } catch {
    return {}; // The status and the headers say enough.
  }
};
