import { Command } from 'commander';

import type { CommonOptions } from '#cli/options/common.ts';

import type { Action } from './command.ts';

/** Whose lines are run. */
export interface Program {
  readonly name: string;
  readonly actions: readonly Action[];
  /** Actions that are named to whoever asks for one that there is not. */
  readonly known: readonly string[];
  /** What else is to be said and taken, before the actions are added. */
  readonly prepare?: (command: Command) => void;
  /** Options as if they stood in front of the words. */
  readonly given?: CommonOptions;
}
