import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { styleText } from 'node:util';

import { Transition } from '#events/records/transitions.ts';

import { parseEvent } from '#local/services/event-order.ts';
import { exampleJar } from '#local/services/kubernetes.ts';
import { type LocalOptions, root, settingsFrom } from '#local/settings.ts';
import type { LocalSystem } from '#local/system.ts';

const clusterId = 'my-first-flink-cluster';

/** Runs the commands of Flink's documentation: starts a session cluster and a job, and stops both. */
export const runDemonstration = async (system: LocalSystem, options: LocalOptions): Promise<void> => {
  const jar = exampleJar(settingsFrom(options));
  const reason =
    options.controlPlaneOnly === true ? 'the cluster has no node' : existsSync(jar) ? undefined : `${jar} is missing`;
  if (reason !== undefined) {
    console.log(styleText('dim', `The demonstration is skipped, because ${reason}.`));
    return;
  }
  const shell = createShell(system);
  const id = `-Dkubernetes.cluster-id=${clusterId}`;
  const session = `--target kubernetes-session ${id}`;

  await shell(`drey kubernetes-session ${id}`);
  await shell(`drey run -d ${session} ${jar}`);
  const list = await repeatUntil(/\bRUNNING\b/, () => shell(`drey list ${session}`));
  const jobId = /\b[0-9a-f]{32}\b/.exec(list)?.[0];
  if (jobId === undefined) throw new Error('The output of `drey list` has no job id.');
  await shell(`drey cancel ${session} ${jobId}`);
  await repeatUntil(/\bCANCELED\b/, () => shell(`drey list -a ${session}`));
  await shell(`echo stop | drey kubernetes-session ${id} -Dexecution.attached=true`);
  await repeatUntil(/No resources found|^\s*$/, () =>
    shell(`kubectl get all,configmap --namespace ${system.namespace} -l app=${clusterId}`),
  );
  console.log(styleText('bold', `\nThe events in ${system.eventsFile}:`));
  for (const line of formatEvents(system.eventsFile)) console.log(line);
};

type Shell = (command: string) => Promise<string>;

/** Prints a command, runs it, prints its output and returns it. */
const createShell = (system: LocalSystem): Shell => {
  const env = {
    ...process.env,
    PATH: `${join(root, 'node_modules/.bin')}:${process.env['PATH'] ?? ''}`,
    DREY_API: system.apiUrl,
    AWS_REGION: system.region,
    AWS_ACCESS_KEY_ID: system.credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: system.credentials.secretAccessKey,
    KUBECONFIG: system.kubeconfig,
  };
  return async (command) => {
    console.log(styleText('bold', `\n$ ${command}`));
    const real = command.replaceAll(/(^|\| )drey /g, `$1"${process.execPath}" "${join(root, 'cli/bin.js')}" `);
    const child = spawn('bash', ['-c', real], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        output += chunk.toString();
        process.stdout.write(chunk);
      });
    }
    const code = await new Promise((done) => child.once('close', done));
    if (code !== 0)
      throw new Error(`The command failed with exit code ${String(code)}: ${command}\nSee the logs in ${system.logs}`);
    return output;
  };
};

/** Repeats a command until its output matches. */
const repeatUntil = async (wanted: RegExp, ask: () => Promise<string>, seconds = 120): Promise<string> => {
  const deadline = Date.now() + seconds * 1_000;
  for (;;) {
    const output = await ask();
    if (wanted.test(output)) return output;
    if (Date.now() > deadline) throw new Error(`The output did not match ${String(wanted)} within ${seconds} s.`);
    await sleep(2_000);
  }
};

const formatEvents = (file: string): string[] =>
  readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .flatMap((line) => Transition.safeParse(parseEvent(line).detail).data ?? [])
    .map((event) => {
      const of = event.subject === 'job' ? `job ${event.jobId}` : 'cluster';
      return `${String(event.sequence).padStart(3)}  ${event.clusterId}  ${of}  ${event.from ?? '-'} -> ${event.to}`;
    });
