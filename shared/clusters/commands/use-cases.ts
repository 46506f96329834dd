import type { CommandKind } from '#events/commands/index.ts';

import { applyJob } from './apply-job.ts';
import { batch } from './batch/batch.ts';
import { cancel } from './cancel.ts';
import { deploy } from './deploy/deploy.ts';
import { extend } from './extend.ts';
import { apply, restart, resume, rollback, suspend } from './rollouts/rollouts.ts';
import { disposeSnapshot } from './dispose-snapshot.ts';
import { rescale } from './rescale.ts';
import { checkpoint, disposeSavepoint, savepoint, stopJob } from './savepoints.ts';
import { stop } from './stop.ts';
import { submit } from './submit.ts';
import type { UseCase } from './use-case.ts';

/** The use case of each kind of command. */
export type UseCases = { readonly [K in CommandKind]: UseCase<K> };

/** All use cases, for the queue of commands. Other functions import the ones that they need, because their bundles stay small. */
export const useCases: UseCases = {
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
  apply,
  rollback,
  restart,
  suspend,
  resume,
  'dispose-snapshot': disposeSnapshot,
  rescale,
  'apply-job': applyJob,
};
