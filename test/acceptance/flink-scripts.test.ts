import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { exampleJar } from '#local/services/kubernetes.ts';
import { settingsFrom } from '#local/settings.ts';

import { packageFolder, runProgram } from '../support/cli.ts';
import { freshId, kubectl, listObjects, stop, system, until, untilState } from '../support/system.ts';

/**
 * What Flink's own end-to-end scripts for Kubernetes do and look for, with `FLINK_DIR` at Drey: old names of options and
 * flags, `NodePort`, an attached run, `kubectl wait`, `cp`, `logs` and `exec`. Each is named after its origin.
 */

const jar = exampleJar(settingsFrom(), 'WordCount');
const namespace = ['-n', system.namespace] as const;
const small = [
  '-Dtaskmanager.memory.process.size=1g',
  '-Dkubernetes.container.image=flink:2.2',
  '-Djobmanager.memory.process.size=1088m',
  '-Dkubernetes.jobmanager.cpu=0.5',
  '-Dkubernetes.taskmanager.cpu=0.5',
  '-Dkubernetes.rest-service.exposed.type=NodePort',
];

let folder: string;
const started: string[] = [];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'flink-dir-'));
  await mkdir(join(folder, 'bin'));
  // The conf folder of a Flink distribution, with its log settings.
  await cp(join(dirname(jar), '../../conf'), join(folder, 'conf'), { recursive: true });
  for (const script of ['flink', 'kubernetes-session.sh'])
    await symlink(join(packageFolder, 'bin', script), join(folder, 'bin', script));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
  await Promise.all(started.map((clusterId) => stop(clusterId)));
});

const flink = (script: 'flink' | 'kubernetes-session.sh', ...words: readonly string[]) =>
  runProgram(join(folder, 'bin', script), words);
const named = (word: string) => {
  const clusterId = freshId(word);
  started.push(clusterId);
  return clusterId;
};

const podOf = (clusterId: string, component: 'jobmanager' | 'taskmanager') =>
  kubectl(
    'get',
    'pods',
    ...namespace,
    `--selector=app=${clusterId},component=${component}`,
    '-o',
    'jsonpath={..metadata.name}',
  );
const logOf = (pod: string) => kubectl('logs', ...namespace, pod).catch(() => ''); // its container may just be starting
const untilLogged = (pod: string, text: RegExp) =>
  until(
    () => logOf(pod),
    (log) => text.test(log),
    1_000,
  );
const available = (clusterId: string) =>
  kubectl('wait', ...namespace, '--for=condition=Available', '--timeout=300s', `deploy/${clusterId}`);
const checkpointsIn = (log: string) => [...log.matchAll(/Completed checkpoint (\d+) for job/g)].length;

describe.concurrent('test_kubernetes_session.sh', () => {
  it('counts words on a session, and the log of the TaskManager has the result', async () => {
    const clusterId = named('script');
    const session = await flink(
      'kubernetes-session.sh',
      `-Dkubernetes.cluster-id=${clusterId}`,
      ...small,
      '-Dkubernetes.container-start-command-template=%java% %classpath% %jvmmem% %jvmopts% %logging% %class% %args%',
    );
    await available(clusterId);
    await untilLogged(await podOf(clusterId, 'jobmanager'), /Rest endpoint listening at/);

    const run = await flink(
      'flink',
      'run',
      '-e',
      'kubernetes-session',
      `-Dkubernetes.cluster-id=${clusterId}`,
      jar,
      '--output',
      '/tmp/wc_out',
      '--execution-mode',
      'BATCH',
    );
    await kubectl('cp', ...namespace, `${await podOf(clusterId, 'taskmanager')}:/tmp/wc_out`, join(folder, 'wc_out'));

    expect([session, run]).toMatchObject([{ code: 0 }, { code: 0 }]);
    expect(await textIn(join(folder, 'wc_out'))).toMatch(/^\(oppressor,1\)$/m);
    const service = await kubectl('get', 'service', ...namespace, `${clusterId}-rest`, '-o', 'jsonpath={.spec.type}');
    expect(service).toBe('NodePort');
  });

  const textIn = async (path: string) => {
    const files = (await readdir(path, { recursive: true, withFileTypes: true })).filter((file) => file.isFile());
    return (await Promise.all(files.map(({ parentPath, name }) => readFile(join(parentPath, name), 'utf8')))).join('');
  };
});

describe.concurrent('test_kubernetes_application.sh', () => {
  it('runs a program on its own cluster, and the log says that it finished', async () => {
    const clusterId = named('script');
    const { code } = await flink(
      'flink',
      'run-application',
      '-t',
      'kubernetes-application',
      `-Dkubernetes.cluster-id=${clusterId}`,
      ...small,
      'local:///opt/flink/examples/streaming/WordCount.jar',
    );

    const log = await kubectl('logs', '-f', ...namespace, await podOf(clusterId, 'jobmanager'));

    expect(code).toBe(0);
    expect(log).toMatch(/Job [A-Za-z0-9]+ reached (globally )?terminal state FINISHED/);
    await untilState(clusterId, 'FINISHED');
  });
});

describe.concurrent('test_kubernetes_application_ha.sh', () => {
  it('recovers from the latest checkpoint after its JobManager was killed, and leaves nothing when it is canceled', async () => {
    const clusterId = named('script');
    const template = join(folder, 'pod-template.yaml');
    await writeFile(template, JSON.stringify(podTemplate));
    const { code } = await flink(
      'flink',
      'run-application',
      '-t',
      'kubernetes-application',
      `-Dkubernetes.cluster-id=${clusterId}`,
      ...small,
      `-Dkubernetes.pod-template-file.default=${template}`,
      '-Dhigh-availability=org.apache.flink.kubernetes.highavailability.KubernetesHaServicesFactory',
      '-Dhigh-availability.storageDir=file:///flink-ha',
      '-Drestart-strategy=fixed-delay',
      '-Drestart-strategy.fixed-delay.attempts=10',
      '-Dexecution.checkpointing.interval=1s',
      'local:///opt/flink/examples/streaming/TopSpeedWindowing.jar',
    );
    await available(clusterId);
    const pod = await podOf(clusterId, 'jobmanager');
    const log = await until(
      () => logOf(pod),
      (text) => checkpointsIn(text) >= 3,
      1_000,
    );
    const jobId = /Job ([a-z0-9]+) is submitted/.exec(log)?.[1] ?? '';
    await kubectl('exec', ...namespace, pod, '--', '/bin/sh', '-c', 'kill 1');
    await untilLogged(pod, new RegExp(`Restoring job ${jobId} from Checkpoint`));
    await until(
      () => logOf(pod),
      (text) => checkpointsIn(text) >= 1,
      1_000,
    );

    const cancelled = await flink(
      'flink',
      'cancel',
      '-t',
      'kubernetes-application',
      `-Dkubernetes.cluster-id=${clusterId}`,
      jobId,
    );
    await kubectl('wait', ...namespace, '--for=delete', 'configmap', '--timeout=300s', `--selector=app=${clusterId}`);
    await kubectl('wait', ...namespace, '--for=delete', 'pod', '--timeout=300s', `--selector=app=${clusterId}`);

    expect([code, cancelled.code]).toEqual([0, 0]);
    await untilState(clusterId, 'CANCELED');
    expect(await listObjects(clusterId)).toEqual([]);
  });

  const podTemplate = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'pod-template', annotations: { 'from-template': 'yes' }, labels: { 'from-template': 'yes' } },
    spec: {
      containers: [
        {
          name: 'flink-main-container',
          imagePullPolicy: 'Never',
          env: [{ name: 'FROM_TEMPLATE', value: 'yes' }],
          volumeMounts: [{ mountPath: '/flink-ha', name: 'flink-ha' }],
        },
      ],
      volumes: [{ name: 'flink-ha', emptyDir: {} }],
    },
  };
});
