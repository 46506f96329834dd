#!/usr/bin/env node
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { constants } from 'node:os';
import * as nodeModule from 'node:module';
import { fileURLToPath } from 'node:url';

const neededMajor = 24;
// Node resolves links before it sets import.meta.url, so this is the checkout after `npm install -g .`, too.
const packageFolder = fileURLToPath(new URL('..', import.meta.url));
const dependencies = `${packageFolder}node_modules`;
const ownNode = `${dependencies}/node/bin/node`;

/** Runs this file again with the Node of the checkout, and exits with the same code. */
const runAgain = () => {
  const child = spawn(ownNode, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => process.exit(code ?? 128 + constants.signals[signal]));
};

/** Whether `cli/build.ts` has bundled the sources as they are. */
const isBuilt = () => {
  try {
    const list = `${packageFolder}dist/sources.json`;
    const { mtimeMs } = statSync(list);
    return JSON.parse(readFileSync(list, 'utf8')).every(
      (file) => statSync(`${packageFolder}${file}`).mtimeMs < mtimeMs,
    );
  } catch {
    return false; // It is not built, or a source file has gone.
  }
};

const fail = (reason) => {
  console.error(`${reason} Run \`npm ci\` in ${packageFolder}`);
  process.exitCode = 1;
};

if (!existsSync(dependencies)) {
  fail("Drey's dependencies are not installed.");
} else if (Number.parseInt(process.versions.node, 10) >= neededMajor) {
  nodeModule.enableCompileCache?.();
  const { runProcess } = await import(isBuilt() ? '../dist/drey.js' : './drey.ts');
  await runProcess();
} else if (existsSync(ownNode)) {
  runAgain();
} else {
  fail(`Drey needs Node ${neededMajor} or later, and this is ${process.version}.`);
}
