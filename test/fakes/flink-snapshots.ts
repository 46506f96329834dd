/** The state of a savepoint. */
export type Savepoint = { readonly location: string } | { readonly failure: string } | 'in-progress';

/** What each snapshot takes: bytes and milliseconds. */
export const amounts = { state_size: 4_096, end_to_end_duration: 120 };

/** What a request for a savepoint has. */
export interface SavepointBody {
  readonly targetDirectory?: string;
  readonly 'target-directory'?: string;
  readonly 'cancel-job'?: boolean;
  readonly triggerId: string;
}
