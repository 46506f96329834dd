import { Command } from 'commander';

import { demonstrate } from './demo.ts';
import { startOptions } from './options.ts';
import { ProgramFailed } from './processes.ts';
import type { LocalOptions } from './settings.ts';
import { startLocal, type LocalSystem } from './system.ts';

const program = new Command('npm start --')
  .description(
    'Starts AWS (emulated), Kubernetes and Flink on this machine and deploys Drey to them. They go on in the background.',
  )
  .option('--no-demo', 'do not try it out with a session cluster');
for (const option of startOptions()) program.addOption(option);

const describe = (system: LocalSystem) => `
Drey runs.
  API         export DREY_API='${system.apiUrl}'
  Kubernetes  export KUBECONFIG=${system.kubeconfig}
  AWS         export AWS_ENDPOINT_URL=${system.awsUrl} AWS_REGION=${system.region} AWS_DEFAULT_REGION=${system.region} AWS_ACCESS_KEY_ID=${system.credentials.accessKeyId} AWS_SECRET_ACCESS_KEY=${system.credentials.secretAccessKey}
  events      ${system.eventsFile}
  logs        ${system.logs}
Try: npx drey --help. npm run status shows what runs, npm stop ends it.`;

const main = async () => {
  const { demo, ...options } = program.parse().opts<LocalOptions & { demo: boolean }>();
  const system = await startLocal(options);
  if (demo) await demonstrate(system, options);
  console.log(describe(system));
};

try {
  await main();
} catch (error) {
  console.error(`\n${error instanceof Error ? error.message : String(error)}`);
  if (error instanceof ProgramFailed) console.error(`\n${error.details}`);
  process.exitCode = 1;
}
