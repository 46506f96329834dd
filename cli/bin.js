#!/usr/bin/env node
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import * as nodeModule from 'node:module';
import { fileURLToPath } from 'node:url';

const neededMajor = 24;
const ownNode = fileURLToPath(new URL('../node_modules/node/bin/node', import.meta.url));

/** Runs this file again with the Node of the checkout, and ends as that does. */
const runAgain = () => {
  const child = spawn(ownNode, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => process.exit(code ?? 128 + constants.signals[signal]));
};

if (Number.parseInt(process.versions.node, 10) >= neededMajor) {
  nodeModule.enableCompileCache?.();
  const { runProcess } = await import('./drey.ts');
  await runProcess();
} else if (existsSync(ownNode)) {
  runAgain();
} else {
  console.error(
    `drey needs Node ${neededMajor} or later; this is ${process.version}. npm ci in its checkout brings one along.`,
  );
  process.exitCode = 1;
}
