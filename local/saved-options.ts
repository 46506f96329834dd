import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

import * as z from 'zod';

import { type LocalOptions, type Settings, settingsFrom } from './settings.ts';

const SavedOptions = z.object({
  port: z.number().optional(),
  kubernetesPort: z.number().optional(),
  kubernetesNet: z.string().optional(),
  cache: z.string().optional(),
  kubeconfig: z.string().optional(),
  controlPlaneOnly: z.boolean().optional(),
  flink: z.array(z.string()).optional(),
  awsEndpoint: z.string().optional(),
  project: z.string().optional(),
});

export const optionsFile = ({ state }: Pick<Settings, 'state'>): string => join(state, 'options.json');

/** Saves the options of a start, with absolute paths, because a later command may run in another folder. */
export const saveOptions = (options: LocalOptions, settings: Settings): void => {
  const { cache, kubeconfig, project } = options;
  const paths = Object.entries({ cache, kubeconfig, project }).filter(([, path]) => path !== undefined);
  const absolute = Object.fromEntries(paths.map(([name, path = '']) => [name, resolve(path)]));
  writeFileSync(optionsFile(settings), JSON.stringify({ ...options, ...absolute }));
};

/** Loads the settings of the last start, so that other commands need no options but `state`. */
export const loadSettings = (state?: string): Settings => {
  const path = optionsFile(settingsFrom({ state }));
  const options = existsSync(path) ? SavedOptions.parse(JSON.parse(readFileSync(path, 'utf8'))) : {};
  return settingsFrom({ ...options, state });
};
