import type { Action } from '#cli/commander/command.ts';

/** What can be typed beyond Flink's own three; each is the command line's. */
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
    summary: 'show the cluster, its jobs and what happened last',
    load: async () => (await import('#cli/commands/describe.ts')).describe,
  },
  {
    name: 'logs',
    operands: '[cluster-id]',
    summary: 'show the last lines of the log: logs 50; logs -f follows it',
    load: async () => (await import('#cli/commands/logs.ts')).logs,
  },
  {
    name: 'events',
    operands: '[cluster-id]',
    summary: 'show what happened; events -f follows it',
    load: async () => (await import('#cli/commands/events.ts')).events,
  },
];

/** Flink's first, in its words. */
export const helpLines = [
  'Available commands:',
  'help - show these commands',
  'stop - stop the kubernetes cluster',
  'quit - quit attach mode',
  ...actions.map(({ name, summary }) => `${name} - ${summary}`),
];

export const ownWords = ['help', 'stop', 'quit'];
