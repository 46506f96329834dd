/** The Lambda functions: those that answer HTTP calls, from the table of calls, and those that something else invokes. */
import { openRoutes } from '#events/http/access.ts';
import { type ApiFunction, calls } from '#events/http/api.ts';
import { eventPrefix } from '#shared/aws/table/keys.ts';

import { maxConcurrentCommands, type StageSettings } from './stage-settings.ts';
import { grantsOf, tokens } from './tokens.ts';

type Attribute = { readonly 'Fn::GetAtt': readonly [resource: string, attribute: string] };

export interface SqsSource {
  readonly arn: Attribute;
  readonly batchSize: number;
  /** How many executions of the function SQS starts at once. */
  readonly maximumConcurrency: number;
  readonly functionResponseType?: 'ReportBatchItemFailures';
}

type Authorizer = { readonly type: 'aws_iam' } | { readonly name: typeof tokens };

export type FunctionEvent =
  | { readonly httpApi: { readonly method: string; readonly path: string; readonly authorizer?: Authorizer } }
  | { readonly sqs: SqsSource }
  | { readonly stream: Readonly<Record<string, unknown>> }
  | { readonly schedule: { readonly rate: readonly string[]; readonly method: 'scheduler' } };

/** As serverless.yml has it. The ages are in seconds. */
interface InvocationRetries {
  readonly maximumEventAge: number;
  readonly maximumRetryAttempts: number;
}

interface BackgroundFunction {
  /** Only where `provider.timeout` of serverless.yml does not fit. */
  readonly timeoutSeconds?: number;
  /** Only where `provider.memorySize` of serverless.yml does not fit, in MB. */
  readonly memoryMegabytes?: number;
  /** How long and how often an invocation by a schedule is retried. Left out, Lambda retries it for six hours. */
  readonly retries?: InvocationRetries;
  readonly events: readonly FunctionEvent[];
}

const fromQueue = (queue: string, options: Omit<SqsSource, 'arn'>): FunctionEvent => ({
  sqs: { arn: { 'Fn::GetAtt': [queue, 'Arn'] }, ...options },
});
const everyRate = (rate: string): FunctionEvent => ({ schedule: { rate: [`rate(${rate})`], method: 'scheduler' } });

/** The functions without a route. State machines invoke those without events. */
const background = {
  commandQueue: {
    events: [
      fromQueue('CommandQueue', {
        // A failed message returns alone: another message of a batch would count a receive that it did not fail.
        batchSize: 1,
        functionResponseType: 'ReportBatchItemFailures',
        maximumConcurrency: maxConcurrentCommands, // The API server of a target serves this beside its other clients.
      }),
    ],
  },
  admit: {
    // A failed invocation blocks its targets for the visibility timeout, six times this.
    timeoutSeconds: 20,
    // Lambda passes at most ten messages of a FIFO queue. Those of a target are one pass.
    events: [
      fromQueue('AdmissionQueue', {
        batchSize: 10,
        functionResponseType: 'ReportBatchItemFailures',
        maximumConcurrency: 20,
      }),
    ],
  },
  publish: {
    events: [
      {
        stream: {
          type: 'dynamodb',
          arn: { 'Fn::GetAtt': ['Table', 'StreamArn'] },
          startingPosition: 'TRIM_HORIZON',
          batchSize: 100,
          parallelizationFactor: 10, // Lambda divides by partition key, which keeps the order of each cluster.
          functionResponseType: 'ReportBatchItemFailures',
          bisectBatchOnFunctionError: true,
          maximumRetryAttempts: 100,
          destinations: { onFailure: { arn: { 'Fn::GetAtt': ['UnpublishedEventQueue', 'Arn'] }, type: 'sqs' } },
          filterPatterns: [
            {
              eventName: ['INSERT'],
              dynamodb: { Keys: { sk: { S: [{ prefix: eventPrefix }] } } },
            },
          ],
        },
      },
    ],
  },
  dispatchReconcile: {
    events: [everyRate('1 minute')],
    retries: { maximumEventAge: 60, maximumRetryAttempts: 0 }, // The next minute repeats it.
  },
  reconcile: {
    timeoutSeconds: 55,
    events: [
      fromQueue('ReconcileQueue', { batchSize: 1, maximumConcurrency: 20 }),
      fromQueue('YoungApplicationQueue', { batchSize: 1, maximumConcurrency: 20 }),
    ],
  },
  timerEvents: {
    timeoutSeconds: 55,
    events: [fromQueue('TimerEventQueue', { batchSize: 1, maximumConcurrency: 20 })],
  },
  maintenance: {
    timeoutSeconds: 120,
    events: [everyRate('1 hour')],
    retries: { maximumEventAge: 1_800, maximumRetryAttempts: 2 },
  },
  // The steps that hold are billed for the time that they wait, and need little memory.
  startup: { timeoutSeconds: 60, memoryMegabytes: 256, events: [] },
  submission: { timeoutSeconds: 900, events: [] }, // A large jar is uploaded, and main() of the program runs.
  cleanup: { timeoutSeconds: 60, events: [] }, // It holds several logs in memory.
  snapshot: { timeoutSeconds: 60, memoryMegabytes: 256, events: [] },
  rollout: { timeoutSeconds: 60, events: [] }, // It renders manifests, as a deploy does.
  rescaling: { timeoutSeconds: 60, memoryMegabytes: 256, events: [] },
} as const satisfies Record<string, BackgroundFunction>;

export type FunctionName = ApiFunction | keyof typeof background;

/** A function as serverless.yml has it. */
export interface FunctionEntry {
  readonly handler: string;
  readonly role: string;
  readonly timeout?: number;
  readonly memorySize?: number;
  readonly vpc?: NonNullable<StageSettings['vpc']>;
  readonly tracing?: 'Active';
  readonly maximumEventAge?: number;
  readonly maximumRetryAttempts?: number;
  readonly reservedConcurrency?: number;
  readonly environment?: Readonly<Record<string, string>>;
  readonly events: readonly FunctionEvent[];
}

const toKebabCase = (name: string) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** `deadLetters` → `DeadLetters`, as the resources of a function are named in the template. */
export const toPascalCase = (name: string) => name.charAt(0).toUpperCase() + name.slice(1);

export const roleOf = (name: string) => `${toPascalCase(name)}Role`;

const entryOf = (
  name: string,
  { timeoutSeconds, memoryMegabytes, events, retries }: BackgroundFunction,
): FunctionEntry => ({
  handler: `functions/${toKebabCase(name)}.handler`,
  role: roleOf(name),
  ...(timeoutSeconds === undefined ? {} : { timeout: timeoutSeconds }),
  ...(memoryMegabytes === undefined ? {} : { memorySize: memoryMegabytes }),
  ...retries,
  events,
});

const routesOf = (name: string): readonly FunctionEvent[] =>
  Object.entries(calls)
    .filter(([, call]) => call.function === name)
    .map(([route]) => {
      const [method = '', path = ''] = route.split(' ');
      return { httpApi: { method, path, ...(openRoutes.includes(route) ? {} : { authorizer: { type: 'aws_iam' } }) } };
    });

const apiFunctions = [...new Set(Object.values(calls).map((call) => call.function))];

export const functions = Object.fromEntries([
  ...apiFunctions.map((name) => [name, entryOf(name, { events: routesOf(name) })]),
  ...Object.entries<BackgroundFunction>(background).map(([name, entry]) => [name, entryOf(name, entry)]),
]) as Readonly<Record<FunctionName, FunctionEntry>>; // the names of both tables

export const functionNames = Object.keys(functions) as FunctionName[]; // the keys of the table

/** The functions with the choices of a stage. */
export const functionsOf = ({
  vpc,
  tracing,
  reservedConcurrency,
  startupConcurrency,
  jwt,
}: StageSettings): Readonly<Record<string, FunctionEntry>> => {
  const reserved: Readonly<Partial<Record<FunctionName, number | undefined>>> = {
    commandQueue: reservedConcurrency,
    startup: startupConcurrency,
  };
  return Object.fromEntries(
    functionNames.map((name) => [
      name,
      {
        ...functions[name],
        ...(jwt && withTokens(functions[name], jwt)),
        ...(vpc && { vpc }),
        ...(tracing && { tracing: 'Active' }),
        ...(reserved[name] !== undefined && { reservedConcurrency: reserved[name] }),
      },
    ]),
  );
};

/** The parts of a function behind the API that differ where callers have tokens. */
const withTokens = ({ events }: FunctionEntry, jwt: NonNullable<StageSettings['jwt']>): Partial<FunctionEntry> =>
  events.some((event) => 'httpApi' in event) ? { events: events.map(toTokenRoute), environment: grantsOf(jwt) } : {};

const toTokenRoute = (event: FunctionEvent): FunctionEvent =>
  'httpApi' in event && event.httpApi.authorizer !== undefined
    ? { httpApi: { ...event.httpApi, authorizer: { name: tokens } } }
    : event;
