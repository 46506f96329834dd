import type { Command } from 'commander';

import type { CommonOptions } from '#cli/options/common.ts';

import type { Action } from './command.ts';

/** A set of actions whose command lines `runLine` runs: `drey`, or the shell of a session. */
export interface Program {
  readonly name: string;
  readonly actions: readonly Action[];
  /** The actions that the message about an unknown action lists. */
  readonly listedActions: readonly string[];
  /** Adds a description and options before the actions are added. */
  readonly prepare?: (command: Command) => void;
  /** Common options that apply to each line. */
  readonly options?: CommonOptions;
}
