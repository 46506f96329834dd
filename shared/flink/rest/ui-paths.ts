import { Fault } from '#events/problems/problem.ts';

/**
 * The paths of Flink's web UI that Drey passes: its files, and the reads of the REST API that the UI of Flink 1.20 and 2.x
 * makes. A path is compared as it is. It is never decoded and never normalized, so no other spelling of a path exists.
 */

/** A file of the UI, or a read of the REST API. */
export interface UiPath {
  /** The path at the JobManager. */
  readonly path: string;
  /** `json` is parsed and masked; the rest goes through as it is. */
  readonly content: 'json' | 'text' | 'file';
  /** Follows from the path, because a program can answer in place of Flink. */
  readonly contentType: string;
}

/** The names in the patterns below. Only the name of a pod or of a file is not a number or an ID. */
const names: Readonly<Record<string, string>> = {
  id: '[0-9a-f]{32}',
  n: '\\d{1,10}',
  name: '(?!\\.)(?!.*\\.\\.)[\\w.-]{1,253}',
};

const toPattern = (path: string): string =>
  path.replaceAll(/\{(\w+)\}/g, (_match, name: string) => `(?:${names[name] ?? name})`);

const compile = (paths: readonly string[]): RegExp => new RegExp(`^(?:${paths.map(toPattern).join('|')})$`);

const job = 'jobs/{id}';
const vertex = `${job}/vertices/{id}`;
const subtask = `${vertex}/subtasks/{n}`;
const jobManager = ['config', 'environment', 'logs', 'metrics', 'profiler', 'thread-dump'];
const taskManager = ['logs', 'metrics', 'profiler', 'thread-dump'];

const reads = compile([
  'config',
  'overview',
  'datasets',
  'jars',
  'jobs',
  'jobs/(?:overview|metrics)',
  job,
  `${job}/(?:accumulators|checkpoints|config|exceptions|execution-result|metrics|plan|resource-requirements|status)`,
  `${job}/checkpoints/config`,
  `${job}/checkpoints/details/{n}`,
  `${job}/checkpoints/details/{n}/subtasks/{id}`,
  `${job}/jobmanager/(?:config|environment|log-url)`,
  `${job}/taskmanagers/{name}/log-url`,
  `${job}/rescales/(?:config|history|overview|summary)`,
  `${job}/rescales/details/[\\w-]{1,64}`,
  vertex,
  `${vertex}/(?:accumulators|backpressure|flamegraph|jm-operator-metrics|metrics|subtasktimes|taskmanagers|watermarks)`,
  `${vertex}/subtasks/(?:accumulators|metrics)`,
  subtask,
  `${subtask}/metrics`,
  `${subtask}/attempts/{n}`,
  `${subtask}/attempts/{n}/accumulators`,
  'applications/overview',
  'applications/{id}',
  'applications/{id}/exceptions',
  'applications/{id}/jobmanager/(?:config|environment|log-url)',
  `jobmanager/(?:${jobManager.join('|')})`,
  'taskmanagers',
  'taskmanagers/metrics',
  'taskmanagers/{name}',
  `taskmanagers/{name}/(?:${taskManager.join('|')})`,
]);

const logs = compile([
  'jobmanager/(?:log|stdout)',
  'jobmanager/logs/{name}',
  'taskmanagers/{name}/(?:log|stdout)',
  'taskmanagers/{name}/logs/{name}',
]);

/** By the end of the name. */
const fileTypes: Readonly<Record<string, string>> = {
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  json: 'application/json',
  txt: 'text/plain; charset=utf-8',
  svg: 'image/svg+xml',
  png: 'image/png',
  ico: 'image/x-icon',
  ttf: 'font/ttf',
  woff: 'font/woff',
  woff2: 'font/woff2',
};

const files = compile([
  `(?:assets/(?:[\\w-]{1,64}/){0,8})?(?!\\.)(?!.*\\.\\.)[\\w.-]{1,128}\\.(?:${Object.keys(fileTypes).join('|')})`,
]);

const html = 'text/html; charset=utf-8';

/** What a path would change or run, and the command for it. */
const waysOut: readonly (readonly [path: RegExp, wayOut: string])[] = [
  [/^jobs\/[^/]+\/yarn-cancel$/, 'Run `drey cancel` to cancel the job.'],
  [/^jobs\/[^/]+\/(yarn-stop|stop)$/, 'Run `drey stop` to stop the job with a savepoint.'],
  [/^jobs\/[^/]+\/savepoints\b/, 'Run `drey savepoint`, and `drey snapshots` to see its result.'],
  [/^jobs\/[^/]+\/checkpoints\/(?!config|details)/, 'Run `drey checkpoint`, and `drey snapshots` to see its result.'],
  [/^jobs\/[^/]+\/rescaling\b/, 'Run `drey rescale` to change the parallelism of the job.'],
  [/^savepoint-disposal\b/, 'Run `drey savepoint --dispose` to delete a savepoint.'],
  [/^applications\/[^/]+\/cancel$/, 'Run `drey delete` to end the application.'],
  [/^jars\/[^/]+\/plan$/, 'Run `drey info` to see the plan of a program.'],
  [/^jars\//, 'Run `drey run` to submit a jar.'],
  [/^cluster$/, 'Run `drey delete` to end the cluster.'],
];

const otherWayOut = 'Use `kubectl port-forward` to the REST service of the cluster for other paths.';

const newRefusal = (what: string, wayOut: string): Fault =>
  new Fault('flink-path-refused', `${what} Drey passes the files of Flink's web UI and what the UI reads. ${wayOut}`);

/** Longer paths name nothing. */
const maxPathLength = 1_000;

/**
 * The path below the root of Flink's web UI, such as `jobs/overview` or `index.html`.
 *
 * @throws Fault `flink-path-refused` with the command to use instead.
 */
export const parseUiPath = (path: string): UiPath => {
  if (path.length > maxPathLength) throw newRefusal('The path is too long.', otherWayOut);
  if (path === 'index.html') return { path: '/index.html', content: 'file', contentType: html };
  // Below `/v1`, a read and a file cannot have the same name.
  if (reads.test(path)) return { path: `/v1/${path}`, content: 'json', contentType: 'application/json' };
  if (logs.test(path)) return { path: `/v1/${path}`, content: 'text', contentType: 'text/plain; charset=utf-8' };
  const contentType = files.test(path) ? fileTypes[path.slice(path.lastIndexOf('.') + 1)] : undefined;
  if (contentType !== undefined) return { path: `/${path}`, content: 'file', contentType };
  const [, wayOut = otherWayOut] = waysOut.find(([pattern]) => pattern.test(path)) ?? [];
  const shown = /^[\w./-]+$/.test(path) ? `The path ${path} of Flink is refused.` : 'The path is refused.';
  throw newRefusal(shown, wayOut);
};

const maxQueryLength = 4_000;

/**
 * The query of a request, as it is.
 *
 * @param query Without the question mark.
 * @throws Fault `flink-path-refused` for characters that no query of the UI has.
 */
export const parseUiQuery = (query: string): string => {
  if (query.length > maxQueryLength)
    throw newRefusal(`The query has more than ${maxQueryLength} characters.`, 'Ask for fewer metrics at once.');
  if (!/^(?:[\w.~,:=&+()*@!$'[\]|/ -]|%[\dA-Fa-f]{2})*$/.test(query))
    throw newRefusal('The query has characters that no query of the UI has.', otherWayOut);
  return query.replaceAll(' ', '%20').replaceAll('|', '%7C');
};
