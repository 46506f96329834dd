import type { Jars, Payloads, Specs } from '#shared/clusters/ports/objects.ts';
import { jarBytes } from '#test/fakes/jars.ts';
import type { Process } from '#test/faults/simulation.ts';

import { type ModelContext, noAnswers } from './context.ts';

/** The payloads of commands in S3. */
export class ModelPayloads {
  private readonly stored = new Map<string, string>();
  private readonly context: ModelContext;

  constructor(context: ModelContext) {
    this.context = context;
  }

  portOf(process: Process): Payloads {
    const call = <T>(what: string, apply: () => T) =>
      this.context.simulation.call<T>(process, { service: 'S3', what, apply, failures: noAnswers });
    return {
      put: (id, data) => call('store the payload', () => void this.stored.set(id, JSON.stringify(data))),
      read: (id) => call('read the payload', () => JSON.parse(this.stored.get(id) ?? 'null') ?? undefined),
      remove: (id) => call('delete the payload', () => void this.stored.delete(id)),
      renew: (id) => call('renew the payload', () => this.stored.has(id)),
      readUpload: async () => undefined,
      removeUpload: async () => undefined,
    };
  }
}

/** No schedule has a spec. */
export const noSpecs: Specs = {
  list: async () => ({ items: [] }),
  read: async () => undefined,
  put: async () => undefined,
  remove: async () => undefined,
};

/** Every jar is uploaded. */
export const jars: Jars = {
  createUpload: async () => {
    throw new Error('nothing is uploaded');
  },
  renew: async () => true,
  inspect: async () => ({ bytes: jarBytes.byteLength, head: jarBytes.slice(0, 4) }),
  open: async () => ({
    bytes: jarBytes.byteLength,
    stream: (async function* chunks() {
      yield jarBytes;
    })(),
  }),
};
