import { application, args, at, container, dynamic, initContainer, local, options, pod, type Row } from './builders.ts';

const rule = 'plain secrets: ';
const script = (text: string) => application({ sql: { script: `${text}; INSERT INTO a SELECT 1` } });
const taskManagerArgs = 'kubernetes.taskmanager.entrypoint.args';
const property = (name: string, value: string) =>
  `<configuration><property><name>${name}</name><value>${value}</value></property></configuration>`;
const hadoop = (text: string) => ({ mode: 'session', hadoop: { 'core-site.xml': text } });
const file = (name: string, text: string) => ({ mode: 'session', files: { [name]: text } });

/** Secrets as text, in each place of a command that becomes a part of a ConfigMap or a pod. */
export const secretAttacks: readonly Row[] = [
  ...[
    's3.secret-key',
    's3.secretkey',
    'fs.s3a.secret.key',
    'fs.azure.account.key.data.blob.core.windows.net',
    'security.ssl.rest.key-password',
    'security.ssl.internal.truststore-password',
    'security.delegation.token.provider.s3.secret-key',
    'table.secret-store.vault.token',
    'metrics.reporter.x.api-key',
    'containerized.master.env.DB_PASSWORD',
    'containerized.taskmanager.env.API_TOKEN',
    'pipeline.global-job-parameters.db.password',
    'my.jaas.config',
    'MY.PASSWORD',
  ].map((key): Row => [options({ [key]: 'hunter2' }), `/config/${key}`, `${rule}the option ${key} has a secret`]),
  [
    options({ 'pipeline.global-job-parameters': 'day:1,password:hunter2' }),
    '/config/pipeline.global-job-parameters',
    rule,
  ],
  [
    dynamic('-Ds3.secret-key=hunter2'),
    args,
    `${rule}the option s3.secret-key in kubernetes.jobmanager.entrypoint.args`,
  ],
  [dynamic("-D 's3.secret-key=hunter2'"), args, rule],
  [dynamic('-Dcontainerized.taskmanager.env.DB_PASSWORD=hunter2'), args, rule],
  [options({ [taskManagerArgs]: '-Ds3.secret-key=hunter2' }), `/config/${taskManagerArgs}`, rule],
  [script("SET 's3.secret-key' = 'hunter2'"), '/job/sql/script', `line 1: SET s3.secret-key: Policy of target`],
  [script("USE CATALOG c; SET 'my.password' = 'hunter2'"), '/job/sql/script', rule],
  [application({ jar: local }, { config: { 's3.secret-key': 'hunter2' } }), '/config/s3.secret-key', rule],
  [container({ env: [{ name: 'DB_PASSWORD', value: 'hunter2' }] }), `${at}/containers/0/env/0`, rule],
  [
    pod({ containers: [{ name: 'proxy', image: 'x', env: [{ name: 'API_TOKEN', value: 'hunter2' }] }] }),
    `${at}/containers/0/env/0`,
    `${rule}container proxy of the pod template default has a secret as the value of the variable API_TOKEN`,
  ],
  [initContainer({ env: [{ name: 'my_secret', value: 'hunter2' }] }), `${at}/initContainers/0/env/0`, rule],
  [
    pod({ containers: [{ name: 'flink-main-container', env: [{ name: 'TOKEN', value: 'hunter2' }] }] }, 'taskmanager'),
    '/podTemplates/taskmanager/spec/containers/0/env/0',
    rule,
  ],
  [hadoop(property('fs.s3a.secret.key', 'hunter2')), '/hadoop/core-site.xml', `${rule}the file core-site.xml`],
  [hadoop('<property name="fs.s3a.secret.key" value="hunter2"/>'), '/hadoop/core-site.xml', rule],
  [
    hadoop('<property><value>hunter2</value><final>true</final><name> fs.s3a.secret.key </name></property>'),
    '/hadoop/core-site.xml',
    rule,
  ],
  [
    file('log4j-console.properties', 'a = 1\nappender.http.password = hunter2'),
    '/files/log4j-console.properties',
    rule,
  ],
  [file('logback.xml', '<appender><password>hunter2</password></appender>'), '/files/logback.xml', rule],
  [file('logback.xml', '<apiKey><![CDATA[hunter2]]></apiKey>'), '/files/logback.xml', rule],
];
