import { type ActionCommand, atCluster, type JobRef, jobRoute, omitMissing, toMember, toOption } from './command.ts';

export const cancelJob = (path: JobRef): ActionCommand => ({
  words: ['cancel', ...atCluster(path), path.jobId],
  route: `${jobRoute}/cancel`,
  path,
  body: {},
});

export interface SavepointOptions {
  /** Empty: that of the cluster. */
  readonly directory: string;
  readonly format: 'CANONICAL' | 'NATIVE';
}

const toFormatWords = (format: SavepointOptions['format']): readonly string[] =>
  format === 'CANONICAL' ? [] : ['--type', format.toLowerCase()];

export const stopJob = (
  path: JobRef,
  { directory, format, drain }: SavepointOptions & { readonly drain: boolean },
): ActionCommand => ({
  words: [
    'stop',
    ...atCluster(path),
    ...toFormatWords(format),
    ...toOption('-p', toMember(directory)),
    ...(drain ? ['-d'] : []),
    path.jobId,
  ],
  route: `${jobRoute}/stop`,
  path,
  body: { format, drain, ...omitMissing({ directory: toMember(directory) }) },
});

export const takeSavepoint = (path: JobRef, { directory, format }: SavepointOptions): ActionCommand => ({
  words: [
    'savepoint',
    ...atCluster(path),
    ...toFormatWords(format),
    path.jobId,
    ...(directory.trim() === '' ? [] : [directory.trim()]),
  ],
  route: `${jobRoute}/savepoints`,
  path,
  body: { format, ...omitMissing({ directory: toMember(directory) }) },
});

/** @param isFull Whether the checkpoint is full also when the job takes incremental ones. */
export const takeCheckpoint = (path: JobRef, isFull: boolean): ActionCommand => ({
  words: ['checkpoint', ...atCluster(path), ...(isFull ? ['--full'] : []), path.jobId],
  route: `${jobRoute}/checkpoints`,
  path,
  body: { full: isFull },
});

export const rescaleJob = (path: JobRef, parallelism: number): ActionCommand => ({
  words: ['rescale', path.clusterId, path.jobId, '--at', path.target, '--parallelism', String(parallelism)],
  route: `${jobRoute}/rescale`,
  path,
  body: { parallelism },
});
