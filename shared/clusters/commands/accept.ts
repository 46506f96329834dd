import * as z from 'zod';

import type { Command, CommandKind } from '#events/commands/index.ts';
import { findAccount, isSameCaller, type Principal } from '#events/principal.ts';
import { isTerminalOperation } from '#events/records/operation.ts';
import { Fault } from '#events/problems/problem.ts';
import type { StoredOperation } from '#shared/clusters/model/operation.ts';
import type { Versioned } from '#shared/clusters/model/records/versioned.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import { findMaskErrors } from '#shared/clusters/model/policy/masks.ts';
import { getOperation } from '#shared/clusters/store/read.ts';
import { retryOnConflict } from '#shared/clusters/store/transact.ts';
import { assertNoFieldErrors } from '#shared/flink/options.ts';

import { type AnyCommand, computeFingerprint } from './fingerprint.ts';
import { notifyLateVerdict } from './notify-verdict.ts';
import {
  type AcceptedOperation,
  type KeyFor,
  keyLifetimeMs,
  type RecordedOperation,
  type UseCase,
} from './use-case.ts';

/**
 * Accepts a command of any origin. A repeated command with the same idempotency key advances the operation of the first
 * one, and returns it.
 *
 * @throws Fault `key-reused` when the key belongs to another command, `refused-option` for data with a mask, and every fault of
 *   the use case.
 */
export const accept = async <K extends CommandKind>(
  useCase: UseCase<K>,
  command: Command<K>,
  ports: Ports,
): Promise<AcceptedOperation> => {
  assertNoSelfDependency(command);
  assertOwnTaskToken(command, ports);
  // Drey's own commands repeat what was accepted before.
  if (command.origin !== 'reconciler') assertNoFieldErrors(findMaskErrors(command.data));
  const operation = await recordOnce(useCase, command, ports);
  const { value, cluster, advance } = operation;
  const known = cluster === undefined ? {} : { cluster };
  if (isTerminalOperation(value)) return { operation: value, ...known };
  const bound = ports.withOperation(value);
  return advance?.(bound) ?? { operation: await useCase.advance(operation, command, bound), ...known };
};

type GivenCommand = AnyCommand & { readonly principal: Principal };

/** The members that the data of several kinds of commands have. */
const CommonData = z.looseObject({ taskToken: z.string().optional(), dependsOn: z.array(z.string()).optional() });

/** @throws Fault `malformed-request` */
const assertNoSelfDependency = ({ key, data }: Pick<AnyCommand, 'key' | 'data'>): void => {
  const { dependsOn = [] } = CommonData.parse(data);
  if (key === undefined || !dependsOn.includes(key)) return;
  const detail = `The command cannot depend on its own idempotency key, ${key}.`;
  throw new Fault('malformed-request', `/dependsOn: ${detail}`, { errors: [{ pointer: '/dependsOn', detail }] });
};

/**
 * Records a command, unless it was recorded before. Its key is looked up only when the command cannot be recorded, because
 * the transaction refuses a known key: most commands are new.
 */
const recordOnce = async <K extends CommandKind>(
  useCase: UseCase<K>,
  command: Command<K>,
  ports: Ports,
): Promise<RecordedOperation> =>
  retryOnConflict(ports, async () => {
    try {
      return await useCase.record(command, newKeyFor(command, ports.now()), ports);
    } catch (error) {
      // The error of a repeated command may follow from its first delivery, such as that the cluster id is taken.
      const earlier = await findEarlierOperation(command, ports);
      if (earlier !== undefined) return earlier;
      throw error;
    }
  });

/**
 * Step Functions lets Drey complete only tasks of its own account. A token that cannot work is refused before anything is
 * recorded.
 *
 * @throws Fault `malformed-request`
 */
const assertOwnTaskToken = ({ data, principal }: GivenCommand, { account }: Ports): void => {
  if (CommonData.parse(data).taskToken === undefined) return;
  const known = findAccount(principal);
  const stranger = principal.startsWith('jwt:')
    ? 'A caller with a token of an issuer has no AWS account.'
    : known === undefined || known === account
      ? undefined
      : `The caller belongs to account ${known}.`;
  if (stranger === undefined) return;
  const detail = `${stranger} Drey can complete only tasks of its own account, ${account}. Remove taskToken, and wait for the event Flink Command Finished.`;
  throw new Fault('malformed-request', `/taskToken: ${detail}`, { errors: [{ pointer: '/taskToken', detail }] });
};

/** The operation of an earlier delivery of the same command. @throws Fault `key-reused` for another command. */
const findEarlierOperation = async (
  command: GivenCommand,
  ports: Ports,
): Promise<Versioned<StoredOperation> | undefined> => {
  const { target, key } = command;
  if (key === undefined) return undefined;
  const known = await ports.store.idempotency(target, key);
  if (known === undefined) return undefined;
  const { operationId } = known;
  if (known.fingerprint !== computeFingerprint(command))
    throw new Fault('key-reused', `The idempotency key ${key} belongs to another command.`, { operationId });
  return updateTaskToken(command, await getOperation(operationId, ports.store), ports);
};

/**
 * Records the task token of a repeated command, because a Step Functions task that is retried has a new token. The task
 * is completed at once when the operation already has a verdict.
 *
 * @throws Fault `key-reused` for the token of another caller, whose task would be completed in place of the first one.
 */
const updateTaskToken = async (
  { data, key, principal }: GivenCommand,
  { value, version }: Versioned<StoredOperation>,
  ports: Ports,
): Promise<Versioned<StoredOperation>> => {
  const { taskToken } = CommonData.parse(data);
  if (taskToken === undefined || taskToken === value.taskToken) return { value, version };
  if (value.taskToken !== undefined && !isSameCaller(principal, value.principal))
    throw new Fault(
      'key-reused',
      `The idempotency key ${key} belongs to a command of another caller, whose task token it cannot replace. Use another key.`,
      { operationId: value.operationId },
    );
  const next = { ...value, taskToken };
  await ports.store.commit({ operations: [{ value: next, previous: version }] });
  await notifyLateVerdict(value.operationId, ports);
  return { value: next, version: version + 1 };
};

const newKeyFor =
  (command: AnyCommand, now: Date): KeyFor =>
  (operationId) => {
    const { target, key } = command;
    if (key === undefined) return {};
    const expiresAt = new Date(now.getTime() + keyLifetimeMs);
    return { idempotency: { target, key, fingerprint: computeFingerprint(command), operationId, expiresAt } };
  };
