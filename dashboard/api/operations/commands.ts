import { api, unwrap } from '../client/client.ts';
import type { CommandRoute, Operation, Schemas } from '../types.ts';

interface CommandRequest {
  /** Default: POST. */
  readonly method?: 'PUT';
  readonly route: CommandRoute;
  /** The parameters of the route. */
  readonly path: object;
  readonly body: object;
}

/** What the answers to all commands have. */
interface CommandAnswer {
  readonly data?: Schemas['Applied'];
  readonly error?: unknown;
  readonly response: Response;
}

/** The routes have no common type. The API checks each body. */
const { POST, PUT } = api as unknown as Readonly<
  Record<'POST' | 'PUT', (route: CommandRoute, init: object) => Promise<CommandAnswer>>
>;

/** The result of a command that changes nothing, for the reader. */
export const nothingChanged = 'Nothing has changed, because the same runs already.';

/**
 * Sends a command. Undefined: it changes nothing, because the cluster or the job runs the same already.
 *
 * @throws ApiError
 */
export const sendCommand = async (
  { method, route, path, body }: CommandRequest,
  idempotencyKey: string,
): Promise<Operation | undefined> => {
  const params = { path, header: { 'Idempotency-Key': idempotencyKey } };
  return (await unwrap((method === 'PUT' ? PUT : POST)(route, { params, body }))).operation;
};
