import { Command } from 'commander';

import { stateOption } from './options.ts';
import { stopLocal } from './system.ts';

const program = new Command('npm stop --')
  .description('Ends what npm start has started, and nothing else.')
  .addOption(stateOption())
  .option('--clean', 'forget the state as well: images, certificates, events, logs', false);

try {
  await stopLocal(program.parse().opts<{ state?: string; clean: boolean }>());
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
