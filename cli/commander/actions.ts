import type { Action } from './command.ts';

/** The actions of `drey`, in the order of the help. */
export const actions: readonly Action[] = [
  {
    name: 'kubernetes-session',
    summary: 'start a session cluster, or find it again (kubernetes-session.sh)',
    load: async () => (await import('#cli/commands/kubernetes-session.ts')).kubernetesSession,
  },
  {
    name: 'run',
    operands: '[jar] [arguments...]',
    summary: 'run a jar on a session, or on a cluster of its own (flink run)',
    load: async () => (await import('#cli/commands/run.ts')).run,
  },
  {
    name: 'run-application',
    operands: '[jar] [arguments...]',
    summary: 'run a jar on a cluster of its own (flink run-application)',
    load: async () => (await import('#cli/commands/run-application.ts')).runApplication,
  },
  {
    name: 'list',
    summary: 'show running and scheduled jobs (flink list)',
    load: async () => (await import('#cli/commands/list.ts')).list,
  },
  {
    name: 'info',
    operands: '[jar] [arguments...]',
    summary: "show the plan of a jar's program without running it (flink info)",
    load: async () => (await import('#cli/commands/info.ts')).info,
  },
  {
    name: 'savepoint',
    operands: '[job-id] [directory]',
    summary: 'take a savepoint of a job, or delete one (flink savepoint)',
    load: async () => (await import('#cli/commands/savepoint.ts')).savepoint,
  },
  {
    name: 'checkpoint',
    operands: '[job-id]',
    summary: 'take a checkpoint of a job (flink checkpoint)',
    load: async () => (await import('#cli/commands/checkpoint.ts')).checkpoint,
  },
  {
    name: 'stop',
    operands: '[job-id]',
    summary: 'stop a job with a savepoint (flink stop)',
    load: async () => (await import('#cli/commands/stop.ts')).stop,
  },
  {
    name: 'cancel',
    operands: '[job-id]',
    summary: 'cancel a job (flink cancel)',
    load: async () => (await import('#cli/commands/cancel.ts')).cancel,
  },
  {
    name: 'render',
    summary: 'print the Kubernetes objects of a cluster, without making them',
    load: async () => (await import('#cli/commands/render.ts')).render,
  },
  {
    name: 'clusters',
    summary: 'show the clusters of a target',
    load: async () => (await import('#cli/commands/clusters.ts')).clusters,
  },
  {
    name: 'describe',
    operands: '[cluster-id]',
    summary: 'show a cluster: its conditions, its jobs and what happened last',
    load: async () => (await import('#cli/commands/describe.ts')).describe,
  },
  {
    name: 'events',
    operands: '[cluster-id]',
    summary: 'show what happened to a cluster and its jobs, in order',
    load: async () => (await import('#cli/commands/events.ts')).events,
  },
  {
    name: 'logs',
    operands: '[cluster-id]',
    summary: "show the last lines of a JobManager's log, or follow it",
    load: async () => (await import('#cli/commands/logs.ts')).logs,
  },
  {
    name: 'targets',
    operands: '[list|get|put|delete] [name] [file]',
    summary: 'show the targets, or make, change or forget one',
    load: async () => (await import('#cli/commands/targets.ts')).targets,
  },
  {
    name: 'operation',
    operands: '[operation-id]',
    summary: 'show how far a command got',
    load: async () => (await import('#cli/commands/operation.ts')).operation,
  },
  {
    name: 'queue',
    summary: 'look at the commands that wait, and move, cancel, pause or revive them',
    load: async () => (await import('#cli/commands/queue.ts')).queue,
  },
  {
    name: 'batch',
    operands: '[file]',
    summary: 'start one application for each row of a list of parameters',
    load: async () => (await import('#cli/commands/batch.ts')).batch,
  },
  {
    name: 'wait',
    operands: '[operation-ids...]',
    summary: 'wait until commands have brought about what they were for: exit code 0 when all FINISHED, else 1',
    load: async () => (await import('#cli/commands/wait.ts')).wait,
  },
  {
    name: 'extend',
    operands: '[cluster-id]',
    summary: 'give a live cluster another end',
    load: async () => (await import('#cli/commands/extend.ts')).extend,
  },
  {
    name: 'deploy',
    summary: 'start the cluster that a file or a stored spec describes',
    load: async () => (await import('#cli/commands/deploy.ts')).deploy,
  },
  {
    name: 'spec',
    summary: 'store deploys by name, for people and schedules',
    load: async () => (await import('#cli/commands/spec.ts')).spec,
  },
  {
    name: 'schedule',
    summary: 'stop clusters, or deploy stored specs, by the calendar',
    load: async () => (await import('#cli/commands/schedule.ts')).schedule,
  },
  {
    name: 'orphans',
    operands: '[remove] [names...]',
    summary: 'show what Flink clusters left behind, or remove some of it',
    load: async () => (await import('#cli/commands/orphans.ts')).orphans,
  },
  {
    name: 'configure',
    summary: 'say once where the API is and which target is meant, and show what is set by what',
    load: async () => (await import('#cli/commands/configure.ts')).configure,
  },
  {
    name: 'completion',
    operands: '[shell]',
    summary: 'print what makes bash, zsh or fish complete drey',
    load: async () => (await import('#cli/commands/completion.ts')).completion,
  },
];
