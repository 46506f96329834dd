/** What the local system chooses for the functions on the AWS emulator that it deploys to, in stage `local` only. */
import * as z from 'zod';

import { type FunctionEntry, functionNames, toPascalCase } from './functions.ts';

export const EmulatorSettings = z.strictObject({
  /** By default the project's own bootstrap, because the Node runtime of MiniStack loses the names of errors. */
  runtime: z.enum(['provided.al2023', 'nodejs24.x']).default('provided.al2023'),
  /** Variables of every function, such as addresses of services. */
  environment: z.record(z.string(), z.string()).default({}),
});
export type EmulatorSettings = z.infer<typeof EmulatorSettings>;

/** The variable in which `local/steps/deploy.ts` passes the settings to osls. */
export const emulatorVariable = 'DREY_EMULATOR';

export const readEmulatorSettings = (text = process.env[emulatorVariable] ?? '{}'): EmulatorSettings =>
  EmulatorSettings.parse(JSON.parse(text));

/** Changes the runtime of each function. The function itself keeps Node, so that esbuild bundles it. */
export const runtimeExtensions = ({ runtime }: EmulatorSettings) =>
  Object.fromEntries(
    functionNames.map((name) => [`${toPascalCase(name)}LambdaFunction`, { Properties: { Runtime: runtime } }]),
  );

/** Adds the variables to each function. */
export const withEnvironment = (
  functions: Readonly<Record<string, FunctionEntry>>,
  { environment }: EmulatorSettings,
): Readonly<Record<string, FunctionEntry>> =>
  Object.fromEntries(
    Object.entries(functions).map(([name, entry]) => [
      name,
      { ...entry, environment: { ...entry.environment, ...environment } },
    ]),
  );
