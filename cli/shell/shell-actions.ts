import type { Action } from '#cli/commander/command.ts';

/** The commands that the shell has besides Flink's. Each runs the action of the command line. */
export const actions: readonly Action[] = [
  {
    name: 'list',
    summary: 'show the jobs of the cluster',
    load: async () => (await import('#cli/commands/list.ts')).list,
  },
  {
    name: 'cancel',
    operands: '[job-id]',
    summary: 'cancel a job',
    load: async () => (await import('#cli/commands/cancel.ts')).cancel,
  },
  {
    name: 'status',
    operands: '[cluster-id]',
    summary: 'show the cluster, its jobs and the latest transitions',
    load: async () => (await import('#cli/commands/describe.ts')).describe,
  },
  {
    name: 'logs',
    operands: '[cluster-id]',
    summary: 'show the log; logs 50 limits it, logs -f follows it',
    load: async () => (await import('#cli/commands/logs.ts')).logs,
  },
  {
    name: 'events',
    operands: '[cluster-id]',
    summary: 'show the transitions; events -f follows them',
    load: async () => (await import('#cli/commands/events.ts')).events,
  },
];

/** Flink's commands come first, in Flink's words. */
export const helpLines = [
  'Available commands:',
  'help - show these commands',
  'stop - stop the kubernetes cluster',
  'quit - quit attach mode',
  ...actions.map(({ name, summary }) => `${name} - ${summary}`),
];

/** The commands of Flink's shell. */
export const flinkCommands = ['help', 'stop', 'quit'];
