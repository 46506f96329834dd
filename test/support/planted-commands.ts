/** Commands with secrets, for tests that search them in what Drey keeps and says. */
import { randomUUID } from 'node:crypto';

import { type ClusterRef, subjectOf } from '#events/names.ts';

import { unschedulable } from './system.ts';

/** Another one for each run, because runs share a system. */
const run = randomUUID().slice(0, 8);
/** Each canary is another text, so that a finding names its place. */
export const canaryOf = (place: string) => `canary-${run}-${place}-end`;
export const canaries = new RegExp(`canary-${run}-[a-z0-9-]+?-end`, 'g');
export const uriOf = (place: string) =>
  `https://user:${canaryOf(place)}@example.com/a.jar?signature=${canaryOf(place)}`;

/** A session that no node can run, with a secret in each place that the target allows. */
export const makeSession = (clusterId: string, place: string) => ({
  mode: 'session',
  clusterId,
  config: {
    ...unschedulable,
    's3.secret-key': canaryOf(`${place}-option`),
    'containerized.master.env.DB_PASSWORD': canaryOf(`${place}-variable`),
    'env.java.opts.jobmanager': `-Ddb.password=${canaryOf(`${place}-java`)}`,
    'kubernetes.jobmanager.entrypoint.args': `-Dmy.secret=${canaryOf(`${place}-arguments`)}`,
  },
  podTemplates: {
    default: {
      spec: {
        containers: [
          { name: 'flink-main-container', env: [{ name: 'API_TOKEN', value: canaryOf(`${place}-template`) }] },
        ],
      },
    },
  },
  files: { 'log4j-console.properties': `rootLogger.level = INFO\nhttp.password = ${canaryOf(`${place}-file`)}` },
  hadoop: {
    'core-site.xml': `<property><name>fs.s3a.secret.key</name><value>${canaryOf(`${place}-hadoop`)}</value></property>`,
  },
});

export const makeApplication = (clusterId: string, place: string) => ({
  mode: 'application',
  clusterId,
  job: { jar: uriOf(`${place}-jar`), args: ['--db.password', canaryOf(`${place}-argument`)] },
  config: { ...unschedulable, 's3.secret-key': canaryOf(`${place}-option`) },
});

/** The message of a deploy. */
export const makeMessage = (clusterRef: ClusterRef, data: unknown, rest: object = {}) => ({
  specversion: '1.0',
  id: randomUUID(),
  type: 'drey.command.deploy.v1',
  source: 'test',
  subject: subjectOf(clusterRef),
  ...(data === undefined ? {} : { data }),
  ...rest,
});
