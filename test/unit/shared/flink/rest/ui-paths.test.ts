import { describe, expect, it } from 'vitest';

import { parseUiPath, parseUiQuery } from '#shared/flink/rest/ui-paths.ts';

const id = '0'.repeat(31) + 'a';

describe('a path of the web UI', () => {
  it.each([
    ['index.html', '/index.html', 'text/html; charset=utf-8'],
    ['main.687adc590d915451.js', '/main.687adc590d915451.js', 'text/javascript; charset=utf-8'],
    ['3rdpartylicenses.txt', '/3rdpartylicenses.txt', 'text/plain; charset=utf-8'],
    ['assets/images/failed.svg', '/assets/images/failed.svg', 'image/svg+xml'],
    [
      'assets/vs/base/browser/ui/codicons/codicon/codicon.ttf',
      '/assets/vs/base/browser/ui/codicons/codicon/codicon.ttf',
      'font/ttf',
    ],
    ['jobs/overview', '/v1/jobs/overview', 'application/json'],
    [`jobs/${id}`, `/v1/jobs/${id}`, 'application/json'],
    [
      `jobs/${id}/vertices/${id}/subtasks/metrics`,
      `/v1/jobs/${id}/vertices/${id}/subtasks/metrics`,
      'application/json',
    ],
    [
      `jobs/${id}/checkpoints/details/7/subtasks/${id}`,
      `/v1/jobs/${id}/checkpoints/details/7/subtasks/${id}`,
      'application/json',
    ],
    ['taskmanagers/etl-taskmanager-1-1/metrics', '/v1/taskmanagers/etl-taskmanager-1-1/metrics', 'application/json'],
    ['jobmanager/logs/gc.log.0.current', '/v1/jobmanager/logs/gc.log.0.current', 'text/plain; charset=utf-8'],
    ['applications/overview', '/v1/applications/overview', 'application/json'],
  ])('%s is passed as %s, with a content type of ours', (path, passed, contentType) => {
    expect(parseUiPath(path)).toMatchObject({ path: passed, contentType });
  });

  it.each([
    [`jobs/${id}/yarn-cancel`, 'drey cancel'],
    [`jobs/${id}/yarn-stop`, 'drey stop'],
    [`jobs/${id}/savepoints/${id}`, 'drey savepoint'],
    [`jobs/${id}/checkpoints/${id}`, 'drey checkpoint'],
    [`jobs/${id}/rescaling`, 'drey rescale'],
    [`savepoint-disposal/${id}`, 'drey savepoint --dispose'],
    [`applications/${id}/cancel`, 'drey delete'],
    ['jars/a.jar/run', 'drey run'],
    ['jars/a.jar/plan', 'drey info'],
    ['jars/upload', 'drey run'],
    ['jobmanager/profiler/cpu.html', 'kubectl port-forward'],
  ])('%s is refused with the command %s', (path, command) => {
    expect(() => parseUiPath(path)).toThrow(expect.objectContaining({ code: 'flink-path-refused' }));
    expect(() => parseUiPath(path)).toThrow(command);
  });

  it.each([
    '',
    '.',
    '..',
    '/overview',
    'overview/',
    '//overview',
    'jobs//overview',
    './overview',
    'jobs/../overview',
    'jobs/..',
    '../../pods',
    '..%2fpods',
    '%2e%2e/pods',
    '%252e%252e/pods',
    'jobs%2foverview',
    'jobs\\overview',
    'assets/../index.html',
    'assets/./a.js',
    'assets/..a/b.js',
    'a..js',
    '.js',
    '.hidden.js',
    'assets//a.js',
    'other.html',
    'assets/a.html',
    'jobs/overview\n',
    'jobs/overview\0',
    'jobs/overview ',
    'jobs/ＯVERVIEW',
    'OVERVIEW',
    'overview?a=b',
    'overview#a',
    'overview;a',
    'http://example.com/a.js',
    'api/v1/namespaces/flink/services/other:rest/proxy/overview',
    'jobs/0/vertices',
    `jobs/${id.toUpperCase()}`,
    'taskmanagers/..',
    'taskmanagers/a..b/log',
    'taskmanagers/.a/log',
    'jobmanager/logs/../config',
    `jobmanager/logs/${'a'.repeat(300)}`,
    `assets/${'a/'.repeat(9)}b.js`,
    'a'.repeat(2_000),
  ])('%j is refused, and not read as another path', (path) => {
    expect(() => parseUiPath(path)).toThrow(expect.objectContaining({ code: 'flink-path-refused' }));
  });

  it('that is not shown safely is not repeated in the message', () => {
    expect(() => parseUiPath('<script>\u001B[2J')).toThrow(/^The path is refused\. /);
  });
});

describe('a query of the web UI', () => {
  it.each(['', 'get=a,b&agg=max', 'get=0.Source__a.numRecordsIn', 'get=a%20b%2Fc', 'type=full&subtaskindex=1'])(
    '%j is passed as it is',
    (query) => {
      expect(parseUiQuery(query)).toBe(query);
    },
  );

  it('has its blanks and bars encoded, which Flink writes into the names of metrics', () => {
    expect(parseUiQuery('get=a b|c')).toBe('get=a%20b%7Cc');
  });

  it.each(['a#b', 'a\r\nX: y', 'a%', 'a%zz', 'ä', '"', '<', '\\', '\0', `a=${'b'.repeat(5_000)}`])(
    '%j is refused',
    (query) => {
      expect(() => parseUiQuery(query)).toThrow(expect.objectContaining({ code: 'flink-path-refused' }));
    },
  );
});
