/** Protections of Drey that a test switches off, to show that the harness notices. */
export const protections = [
  'idempotency record',
  'version condition',
  'transaction',
  'uid precondition',
  'operation annotation',
  'order of the stream',
  'proof of removal',
  'resume of stalled operations',
  'queue version',
  'verdict of the first',
  'spec before its revision',
  'renewal of specs',
  'snapshot of a cluster',
  'rollout of a stop',
  'next rollout of a cluster',
  'source of a job',
  'stored checkpoints',
  'rescale of a job',
  'revision of a rescale',
] as const;
export type Protection = (typeof protections)[number];
