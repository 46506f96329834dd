import { application, options, dynamic, args, type Row, jobOf, local, sources, pythonFile } from './builders.ts';

const jarRows: readonly Row[] = [
  [jobOf('s3://evil/a.jar'), '/job/jar', 'jars: s3://evil/a.jar is not an allowed source'],
  [jobOf('https://evil.example/a.jar'), '/job/jar', 'jars'],
  [jobOf('https://169.254.169.254/latest'), '/job/jar', 'jars'],
  [jobOf('http://evil.example/a.jar', { 'user.artifacts.raw-http-enabled': 'true' }), '/job/jar', 'jars', sources],
  [jobOf('s3://jars/other/a.jar'), '/job/jar', 'jars', sources],
  [jobOf('s3://jars/etl/../other/a.jar'), '/job/jar', 'jars', sources],
  [jobOf('s3a://jars/etl/%2e%2e/other/a.jar'), '/job/jar', 'jars', sources],
  [jobOf('s3://jars.evil/etl/a.jar'), '/job/jar', 'jars', sources],
  [jobOf('https://a.example.com@evil.io/a.jar'), '/job/jar', 'jars', sources],
  [jobOf('https://evil.io/?a.example.com/a.jar'), '/job/jar', 'jars', sources],
  [jobOf('https://evilexample.com/a.jar'), '/job/jar', 'jars', sources],
  [jobOf('https://a.example.com:8443/a.jar'), '/job/jar', 'jars', sources],
  [jobOf('https://repo.example.org/b/a.jar'), '/job/jar', 'jars', sources],
  [application({ jar: local, classpaths: ['https://evil.example/a.jar'] }), '/job/classpaths', 'jars'],
  [application({ jar: local, classpaths: ['file://evil.example/a.jar'] }), '/job/classpaths', 'jars'],
  [application({ jar: local, classpaths: ['jar:https://evil.example/a.jar!/'] }), '/job/classpaths', 'jars'],
  [options({ 'pipeline.classpaths': 'https://evil.example/a.jar' }), '/config/pipeline.classpaths', 'jars'],
  [jobOf(local, { 'user.artifacts.artifact-list': 's3://evil/b.jar' }), '/config/user.artifacts.artifact-list', 'jars'],
  [jobOf(local, { 'fs.default-scheme': 's3://evil/' }), '/config/fs.default-scheme', 'jars'],
  [
    jobOf(local, { 'user.artifacts.http-headers.Authorization': 'x' }),
    '/config/user.artifacts.http-headers.Authorization',
    'jars',
    sources,
  ],
  [jobOf('s3://jars/etl/a.jar', { 's3.endpoint': 'https://evil.example' }), '/config/s3.endpoint', 'jars', sources],
  [
    application({ jar: 's3://jars/etl/a.jar' }, { hadoop: { 'core-site.xml': '<configuration/>' } }),
    '/hadoop',
    'jars',
    sources,
  ],
  [application({ sql: { scriptUri: 'https://evil.example/a.sql' } }), '/job/sql/scriptUri', 'jars'],
  [
    application({ sql: { script: "ADD JAR 's3://evil/udf.jar'; INSERT INTO a SELECT 1" } }),
    '/job/sql/script',
    'line 1 of the script: s3://evil/udf.jar',
  ],
  [
    application({ sql: { script: "SET 'pipeline.jars' = 's3://evil/udf.jar'; INSERT INTO a SELECT 1" } }),
    '/job/sql/script',
    'line 1 of the script: s3://evil/udf.jar',
  ],
  [
    application({ sql: { script: "USE CATALOG c;\nSET python.files = 's3://jars/etl/a.zip,s3://evil/b.zip'" } }),
    '/job/sql/script',
    'line 2 of the script: s3://evil/b.zip',
    sources,
  ],
  [
    application({
      sql: {
        script:
          "CREATE FUNCTION f AS 'a.F' USING JAR 's3://jars/etl/a.jar', JAR 's3://evil/b.jar'; INSERT INTO a SELECT 1",
      },
    }),
    '/job/sql/script',
    's3://evil/b.jar',
    sources,
  ],
  [application({ python: { ...pythonFile, files: ['s3://evil/a.zip'] } }), '/job/python/files', 'jars'],
  [application({ python: { ...pythonFile, archives: ['s3://evil/venv.zip#venv'] } }), '/job/python/archives', 'jars'],
  [application({ python: { ...pythonFile, requirements: 's3://evil/r.txt' } }), '/job/python/requirements', 'jars'],
  [options({ 'python.files': 's3://evil/a.zip' }), '/config/python.files', 'jars'],
  [dynamic("-D'pipeline.classpaths=https://evil.example/a.jar'"), args, 'jars'],
  // Flink's parser needs no blank between the word and the literal.
  [application({ sql: { script: "ADD JAR's3://evil/udf.jar'; INSERT INTO a SELECT 1" } }), '/job/sql/script', 'jars'],
  [
    application({ sql: { script: "CREATE FUNCTION f AS 'a.F' USING JAR's3://evil/b.jar'; INSERT INTO a SELECT 1" } }),
    '/job/sql/script',
    'jars',
  ],
  // A word in a literal is none of the statement.
  [
    application({
      sql: { script: "CREATE FUNCTION f AS 'a.F JAR ' USING JAR 's3://evil/b.jar'; INSERT INTO a SELECT 1" },
    }),
    '/job/sql/script',
    'jars',
  ],
  // A URL of Java ignores blanks and controls around it.
  [options({ 'pipeline.classpaths': "[' https://evil.example/a.jar']" }), '/config/pipeline.classpaths', 'jars'],
  [application({ jar: local, classpaths: ['\u0001https://evil.example/a.jar'] }), '/job/classpaths', 'jars'],
];

export const jarAttacks: readonly Row[] = jarRows;
