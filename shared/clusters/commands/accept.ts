import { createHash } from 'node:crypto';

import * as z from 'zod';

import type { Command, CommandKind } from '#events/commands/index.ts';
import { isTerminalOperation } from '#events/operation.ts';
import { Fault } from '#events/problem.ts';
import { batch } from '#shared/clusters/commands/batch/batch.ts';
import { deploy } from '#shared/clusters/commands/deploy/deploy.ts';
import type { StoredOperation } from '#shared/clusters/model/operation.ts';
import type { Versioned } from '#shared/clusters/model/versioned.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import { getOperation } from '#shared/clusters/store/read.ts';
import { retryOnConflict } from '#shared/clusters/store/transact.ts';

import { cancel } from './cancel.ts';
import { extend } from './extend.ts';
import { notifyLateVerdict } from './notify-verdict.ts';
import { checkpoint, disposeSavepoint, savepoint, stopJob } from './savepoints.ts';
import { stop } from './stop.ts';
import { submit } from './submit.ts';
import { type KeyFor, keyLifetimeMs, type UseCase } from './use-case.ts';

const useCases: { readonly [K in CommandKind]: UseCase<K> } = {
  deploy,
  submit,
  cancel,
  stop,
  extend,
  batch,
  savepoint,
  checkpoint,
  'stop-job': stopJob,
  'dispose-savepoint': disposeSavepoint,
};

/**
 * The one way in. The same command under the same key goes on where the first one got to, and answers the same.
 *
 * @throws Fault `key-reused` when the key belongs to another command, and whatever the command's use case throws.
 */
export const accept = async <K extends CommandKind>(command: Command<K>, ports: Ports): Promise<StoredOperation> => {
  assertNoSelfDependency(command);
  const useCase = useCases[command.kind];
  const operation = await recorded(useCase, command, ports);
  return isTerminalOperation(operation.value) ? operation.value : useCase.advance(operation, command, ports);
};

/** @throws Fault `malformed-request` */
const assertNoSelfDependency = ({ key, data }: Keyed): void => {
  const { dependsOn = [] } = Own.parse(data);
  if (key === undefined || !dependsOn.includes(key)) return;
  const detail = `it is the command's own key, ${key}`;
  throw new Fault('malformed-request', `/dependsOn: ${detail}`, { errors: [{ pointer: '/dependsOn', detail }] });
};

const recorded = async <K extends CommandKind>(
  useCase: UseCase<K>,
  command: Command<K>,
  ports: Ports,
): Promise<Versioned<StoredOperation>> =>
  retryOnConflict(ports, async () => {
    const earlier = await earlierOperation(command, ports);
    if (earlier !== undefined) return earlier;
    try {
      return await useCase.record(command, keyFor(command, ports.now()), ports);
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      // The same command may have come in twice at once: then what stands in its way is its own doing.
      const same = await earlierOperation(command, ports);
      if (same !== undefined) return same;
      throw error;
    }
  });

/** What makes one command the same as another. */
type Keyed = Readonly<
  Record<'kind' | 'target', string> & Record<'clusterId' | 'key', string | undefined> & { data: unknown }
>;

const earlierOperation = async (command: Keyed, ports: Ports): Promise<Versioned<StoredOperation> | undefined> => {
  if (command.key === undefined) return undefined;
  const known = await ports.store.idempotency(command.target, command.key);
  if (known === undefined) return undefined;
  if (known.fingerprint !== fingerprint(command)) {
    throw new Fault('key-reused', `the idempotency key ${command.key} came with another command before`, {
      operationId: known.operationId,
    });
  }
  return withTokenOf(command, await getOperation(known.operationId, ports.store), ports);
};

/** A task that is tried again has another token: the newest is answered, at once where the verdict is told already. */
const withTokenOf = async (
  { data }: Keyed,
  { value, version }: Versioned<StoredOperation>,
  ports: Ports,
): Promise<Versioned<StoredOperation>> => {
  const { taskToken } = Own.parse(data);
  if (taskToken === undefined || taskToken === value.taskToken) return { value, version };
  const next = { ...value, taskToken };
  await ports.store.commit({ operations: [{ value: next, previous: version }] });
  await notifyLateVerdict(value.operationId, ports);
  return { value: next, version: version + 1 };
};

/** What is looked at in the data of any command. */
const Own = z.looseObject({ taskToken: z.string().optional(), dependsOn: z.array(z.string()).optional() });

const keyFor =
  (command: Keyed, now: Date): KeyFor =>
  (operationId) =>
    command.key === undefined
      ? {}
      : {
          idempotency: {
            target: command.target,
            key: command.key,
            fingerprint: fingerprint(command),
            operationId,
            expiresAt: new Date(now.getTime() + keyLifetimeMs),
          },
        };

/** Who waits for the verdict is no part of the command. */
const fingerprint = ({ kind, clusterId, data }: Keyed) => {
  const { taskToken: _taskToken, ...rest } = Own.parse(data);
  return createHash('sha256')
    .update(JSON.stringify([kind, clusterId, rest]))
    .digest('hex');
};
