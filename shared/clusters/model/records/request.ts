import type { CommandData, StopData, SubmitData } from '#events/commands/index.ts';
import type { Restore } from '#events/commands/program.ts';

/** How a program uses the savepoint that it starts from. */
export type RestoreOptions = Pick<Restore, 'allowNonRestoredState' | 'claimMode'>;

interface DeployRequest {
  readonly kind: 'deploy';
  readonly data: Pick<CommandData<'deploy'>, 'onFailure'> & {
    /** The deploy was queued, so its body is stored as a payload. */
    readonly hasPayload?: true | undefined;
    /** How the restored jobs of a session use their savepoints. */
    readonly restore?: RestoreOptions | undefined;
  };
}

interface StopRequest {
  readonly kind: 'stop';
  readonly data: StopData;
  /** Until this time the deploy that the stop superseded may still create objects. */
  readonly createsUntil?: string | undefined;
}

/** A command that can end a job with a savepoint. */
interface SavepointRequest<K extends 'savepoint' | 'stop-job'> {
  readonly kind: K;
  readonly data: CommandData<K>;
  /** The latest savepoint of the job when the command was recorded. */
  readonly savepointBefore?: string | undefined;
}

/**
 * What the workflow of an operation needs of its command. The body of a deploy is not in the table, because it may hold
 * secrets.
 */
export type OperationRequest =
  | DeployRequest
  | StopRequest
  | SavepointRequest<'savepoint'>
  | SavepointRequest<'stop-job'>
  | { readonly kind: 'submit'; readonly data: SubmitData }
  | { readonly kind: 'batch'; readonly data: { readonly size: number } }
  | { readonly kind: 'checkpoint'; readonly data: CommandData<'checkpoint'> }
  | { readonly kind: 'dispose-savepoint'; readonly data: CommandData<'dispose-savepoint'> };

/** The request of one kind of operation. */
export type RequestOf<K extends OperationRequest['kind']> = Extract<OperationRequest, { readonly kind: K }>;

/** The request of an operation, if it is of one of these kinds. */
export const findRequest = <K extends OperationRequest['kind']>(
  { request }: { readonly request?: OperationRequest | undefined },
  ...kinds: readonly K[]
): RequestOf<K> | undefined =>
  // Comparing the kind narrows the request, which the compiler does not infer for a list of kinds.
  kinds.some((kind) => kind === request?.kind) ? (request as RequestOf<K>) : undefined;
