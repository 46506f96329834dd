import { Command } from 'commander';

import { stateOption } from './options.ts';
import { stopLocal } from './system.ts';

const program = new Command('npm stop --')
  .description(
    'Stops the processes that npm start started, and removes the stack from an AWS emulator that it did not start.',
  )
  .addOption(stateOption())
  .option('--clean', 'also delete the state: images, certificates, events and logs', false);

try {
  await stopLocal(program.parse().opts<{ state?: string; clean: boolean }>());
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
