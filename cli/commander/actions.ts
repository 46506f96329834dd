import type { Action } from './command.ts';

/** The actions of `drey`, in the order of the help. */
export const actions: readonly Action[] = [
  {
    name: 'kubernetes-session',
    summary: 'start or retrieve a session (kubernetes-session.sh)',
    load: async () => (await import('#cli/commands/kubernetes-session.ts')).kubernetesSession,
  },
  {
    name: 'run',
    operands: '[jar] [arguments...]',
    summary: 'run a jar on a session or as an application (flink run)',
    load: async () => (await import('#cli/commands/run.ts')).run,
  },
  {
    name: 'run-application',
    operands: '[jar] [arguments...]',
    summary: 'run a jar as an application (flink run-application)',
    load: async () => (await import('#cli/commands/run-application.ts')).runApplication,
  },
  {
    name: 'sql',
    summary: 'execute a SQL script as an application or on a session',
    load: async () => (await import('#cli/commands/sql.ts')).sql,
  },
  {
    name: 'list',
    summary: 'show running and scheduled jobs (flink list)',
    load: async () => (await import('#cli/commands/list.ts')).list,
  },
  {
    name: 'info',
    operands: '[jar] [arguments...]',
    summary: 'show the plan of a program without running it (flink info)',
    load: async () => (await import('#cli/commands/info.ts')).info,
  },
  {
    name: 'savepoint',
    operands: '[job-id] [directory]',
    summary: 'take or delete a savepoint (flink savepoint)',
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
    summary: 'print the Kubernetes objects of a cluster',
    load: async () => (await import('#cli/commands/render.ts')).render,
  },
  {
    name: 'clusters',
    summary: 'list the clusters of a target',
    load: async () => (await import('#cli/commands/clusters.ts')).clusters,
  },
  {
    name: 'describe',
    operands: '[cluster-id]',
    summary: 'show a cluster: conditions, jobs, latest transitions',
    load: async () => (await import('#cli/commands/describe.ts')).describe,
  },
  {
    name: 'events',
    operands: '[cluster-id]',
    summary: 'show the transitions of a cluster and its jobs',
    load: async () => (await import('#cli/commands/events.ts')).events,
  },
  {
    name: 'revisions',
    operands: '[cluster-id] [revision]',
    summary: 'list the revisions of a cluster, or show a spec',
    load: async () => (await import('#cli/commands/revisions.ts')).revisions,
  },
  {
    name: 'snapshots',
    operands: '[cluster-id] [dispose] [snapshot]',
    summary: 'list the snapshots of a cluster, or delete one',
    load: async () => (await import('#cli/commands/snapshots.ts')).snapshots,
  },
  {
    name: 'logs',
    operands: '[cluster-id]',
    summary: 'show or follow the log of a JobManager',
    load: async () => (await import('#cli/commands/logs.ts')).logs,
  },
  {
    name: 'targets',
    operands: '[list|get|put|check|delete] [name] [file]',
    summary: 'list, create, change, check or delete targets',
    load: async () => (await import('#cli/commands/targets.ts')).targets,
  },
  {
    name: 'operation',
    operands: '[operation-id]',
    summary: 'show the status of an operation',
    load: async () => (await import('#cli/commands/operation.ts')).operation,
  },
  {
    name: 'queue',
    summary: 'list, reprioritize, cancel, pause or redrive commands',
    load: async () => (await import('#cli/commands/queue.ts')).queue,
  },
  {
    name: 'batch',
    operands: '[file]',
    summary: 'start an application for each row of parameters',
    load: async () => (await import('#cli/commands/batch.ts')).batch,
  },
  {
    name: 'wait',
    operands: '[operation-ids...]',
    summary: 'wait for operations to finish',
    load: async () => (await import('#cli/commands/wait.ts')).wait,
  },
  {
    name: 'extend',
    operands: '[cluster-id]',
    summary: 'change when a cluster expires',
    load: async () => (await import('#cli/commands/extend.ts')).extend,
  },
  {
    name: 'deploy',
    summary: 'deploy a cluster from a file or a stored spec',
    load: async () => (await import('#cli/commands/deploy.ts')).deploy,
  },
  {
    name: 'apply',
    summary: 'deploy or change clusters, and keep their state',
    load: async () => (await import('#cli/commands/apply.ts')).apply,
  },
  {
    name: 'diff',
    summary: 'show what an apply would change',
    failureCode: 2,
    load: async () => (await import('#cli/commands/diff.ts')).diff,
  },
  {
    name: 'rollout',
    summary: 'show, undo or repeat the rollout of a cluster',
    load: async () => (await import('#cli/commands/rollout.ts')).rollout,
  },
  {
    name: 'suspend',
    operands: '[cluster-id]',
    summary: 'end a cluster, and keep its spec and its state',
    load: async () => (await import('#cli/commands/suspend.ts')).suspend,
  },
  {
    name: 'resume',
    operands: '[cluster-id]',
    summary: 'start a suspended cluster from its state',
    load: async () => (await import('#cli/commands/resume.ts')).resume,
  },
  {
    name: 'get',
    operands: '[cluster-id]',
    summary: 'print the spec that makes a cluster again',
    load: async () => (await import('#cli/commands/get.ts')).get,
  },
  {
    name: 'convert',
    summary: 'convert resources of the Flink Kubernetes Operator',
    load: async () => (await import('#cli/commands/convert.ts')).convert,
  },
  {
    name: 'spec',
    summary: 'store, show, list or delete specs of deploys',
    load: async () => (await import('#cli/commands/spec.ts')).spec,
  },
  {
    name: 'schedule',
    summary: 'stop clusters or deploy specs on a schedule',
    load: async () => (await import('#cli/commands/schedule.ts')).schedule,
  },
  {
    name: 'orphans',
    operands: '[remove] [names...]',
    summary: 'list or remove orphaned Kubernetes objects',
    load: async () => (await import('#cli/commands/orphans.ts')).orphans,
  },
  {
    name: 'shutdown',
    operands: '[targets...]',
    summary: 'list or stop everything, before Drey is removed',
    load: async () => (await import('#cli/commands/shutdown.ts')).shutdown,
  },
  {
    name: 'configure',
    summary: 'set or show the API endpoint, region and target',
    load: async () => (await import('#cli/commands/configure.ts')).configure,
  },
  {
    name: 'completion',
    operands: '[shell]',
    summary: 'print the completion script for bash, zsh or fish',
    load: async () => (await import('#cli/commands/completion.ts')).completion,
  },
];
