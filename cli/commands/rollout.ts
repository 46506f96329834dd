import { defineAction, defineGroup } from '#cli/commander/command.ts';
import { printRevisions, printSpec } from '#cli/flows/revisions.ts';
import { runRollout, showRolloutStatus } from '#cli/flows/rollouts.ts';
import {
  ifRevisionOption,
  type IfRevisionOption,
  type RolloutOptions,
  snapshotOptions,
  toIfRevision,
  toNumber,
  toRolloutFields,
  verificationOptions,
} from '#cli/options/rollout.ts';
import { waitOptions, type WaitOptions } from '#cli/options/wait.ts';

import { toClusterRef } from '../context.ts';

const status = defineAction<WaitOptions>({
  name: 'status',
  operands: '[cluster-id]',
  operandIs: 'cluster',
  summary: 'wait for a rollout, and show its result',
  options: { '--wait': 'wait until the rollout has ended (default)', '--no-wait': 'show the current phase' },
  examples: {
    'drey rollout status etl': 'wait for the rollout in progress; fails if it fails',
    'drey rollout status etl --no-wait': 'show the current phase',
  },
  run: async (context, [operand], { wait = true }) =>
    showRolloutStatus(await toClusterRef(context, operand), wait, context),
});

const history = defineAction<{ readonly revision?: string }>({
  name: 'history',
  operands: '[cluster-id]',
  operandIs: 'cluster',
  summary: 'list the revisions of a cluster, or show a spec',
  options: { '--revision <number>': 'show the spec of this revision; latest: the newest one' },
  examples: {
    'drey rollout history etl': 'list the revisions of cluster etl, newest first',
    'drey rollout history etl --revision 3': 'show the spec of revision 3',
  },
  run: async (context, [operand], { revision }) => {
    const clusterRef = await toClusterRef(context, operand);
    if (revision === undefined) await printRevisions(clusterRef, context);
    else await printSpec(clusterRef, revision, context);
  },
});

interface StartOptions extends RolloutOptions, IfRevisionOption, WaitOptions {}

const startOptions = { ...snapshotOptions, ...verificationOptions, ...ifRevisionOption, ...waitOptions } as const;

interface UndoOptions extends StartOptions {
  readonly toRevision?: string;
  readonly allowFailed?: boolean;
}

const undo = defineAction<UndoOptions>({
  name: 'undo',
  operands: '[cluster-id]',
  operandIs: 'cluster',
  summary: 'go back to an earlier revision with the state of now',
  options: {
    '--to-revision <number>': 'the revision (default: the last stable one that differs)',
    '--allow-failed': 'also go back to a revision that failed',
    ...startOptions,
  },
  examples: {
    'drey rollout undo etl': 'go back to the last stable revision',
    'drey rollout undo etl --to-revision 3': 'go back to revision 3',
  },
  run: async (context, [operand], { toRevision, allowFailed, wait = true, ...options }) => {
    const to = {
      ...(toRevision === undefined ? {} : { to: toNumber(toRevision) }),
      ...(allowFailed === undefined ? {} : { allowFailed }),
    };
    const body = { ...to, ...toRolloutFields(options), ...toIfRevision(options) };
    await runRollout(await toClusterRef(context, operand), { kind: 'rollback', body, wait }, context);
  },
});

const restart = defineAction<StartOptions>({
  name: 'restart',
  operands: '[cluster-id]',
  operandIs: 'cluster',
  summary: 'start a cluster again with its spec and its state',
  options: startOptions,
  examples: {
    'drey rollout restart etl': 'restart cluster etl from a savepoint',
    'drey rollout restart etl --fallback none': 'start without state if the savepoint fails',
  },
  run: async (context, [operand], { wait = true, ...options }) => {
    const body = { ...toRolloutFields(options), ...toIfRevision(options) };
    await runRollout(await toClusterRef(context, operand), { kind: 'restart', body, wait }, context);
  },
});

/** The rollouts of a cluster, in the words of kubectl. */
export const rollout = defineGroup({ commands: [status, history, undo, restart] });
