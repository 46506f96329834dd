import { existsSync } from 'node:fs';
import { dirname } from 'node:path';

import { Command } from 'commander';

import { runDemonstration } from '#local/steps/demo.ts';
import { readDashboardAddress } from '#local/services/dashboard.ts';
import { exampleJar } from '#local/services/kubernetes.ts';
import { startOptions } from './options.ts';
import { ProgramFailed } from '#local/services/processes.ts';
import { type LocalOptions, settingsFrom } from './settings.ts';
import { type LocalSystem, startLocal } from './system.ts';

const program = new Command('npm start --')
  .description(
    'Starts AWS (emulated), Kubernetes and Flink on this machine, deploys Drey to them and leaves them running.',
  )
  .option('--no-demo', 'do not run the demonstration');
for (const option of startOptions()) program.addOption(option);

const describeLacks = ({ awsUrl, emulator }: LocalSystem): string =>
  emulator === undefined
    ? ''
    : `\n\nOn ${emulator.name} at ${awsUrl}:\n${emulator.lacks.map((lack) => `  - ${lack}`).join('\n')}`;

interface Places {
  /** Of the dashboard. */
  readonly address: string;
  /** The folder of Flink's examples. */
  readonly jars: string | undefined;
}

const describe = (system: LocalSystem, { address, jars }: Places) => `
Drey is running. npm run status shows its processes, npm stop stops it.
  API         export DREY_API='${system.apiUrl}'
  Dashboard   ${address} opens it once; npm run status prints the next address
  Kubernetes  export KUBECONFIG=${system.kubeconfig}
  AWS         export AWS_ENDPOINT_URL=${system.awsUrl} AWS_REGION=${system.region} AWS_DEFAULT_REGION=${system.region} AWS_ACCESS_KEY_ID=${system.credentials.accessKeyId} AWS_SECRET_ACCESS_KEY=${system.credentials.secretAccessKey}
  Events      ${system.eventsFile}${system.podBucket === undefined ? '' : `\n  S3          s3://${system.podBucket} is the bucket of Flink's pods (docs/local.md)`}
  Logs        ${system.logs}${jars === undefined ? '' : `\n  Jars        ${jars} has Flink's examples`}
npm install -g . puts drey on your PATH; without it, type npx drey in this folder. drey --help lists the commands.${describeLacks(system)}`;

/** It is missing when the cluster is an existing one or has no node. */
const findExamples = (options: LocalOptions): string | undefined => {
  const folder = dirname(exampleJar(settingsFrom(options)));
  return existsSync(folder) ? folder : undefined;
};

const main = async () => {
  const { demo, ...options } = program.parse().opts<LocalOptions & { demo: boolean }>();
  const system = await startLocal(options);
  if (demo) await runDemonstration(system, options);
  const address = readDashboardAddress(settingsFrom(options));
  console.log(describe(system, { address, jars: findExamples(options) }));
};

try {
  await main();
} catch (error) {
  console.error(`\n${error instanceof Error ? error.message : String(error)}`);
  if (error instanceof ProgramFailed) console.error(`\n${error.details}`);
  process.exitCode = 1;
}
