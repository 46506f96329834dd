import type { Jars, KeptFileRef, KeptLogs, Payloads, RevisionSpecs, Specs } from '#shared/clusters/ports/objects.ts';
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

const weekMs = 7 * 24 * 3_600_000;

/** The specs of revisions in S3. */
export class ModelRevisionSpecs {
  /** The times of the last writes in milliseconds, by operation. */
  readonly writtenAt = new Map<string, number>();
  private readonly specs = new Map<string, unknown>();
  private readonly context: ModelContext;

  constructor(context: ModelContext) {
    this.context = context;
  }

  /** The spec that an operation has stored. Undefined when it is not kept. */
  find(operationId: string): unknown {
    return this.writtenAt.has(operationId) ? structuredClone(this.specs.get(operationId)) : undefined;
  }

  portOf(process: Process, now: () => Date): RevisionSpecs {
    const { simulation, without } = this.context;
    const call = <T>(what: string, apply: () => T) =>
      simulation.call<T>(process, { service: 'S3', what, apply, failures: noAnswers });
    const write = (id: string) => void this.writtenAt.set(id, now().getTime());
    const renew = (id: string) => {
      const writtenAt = this.writtenAt.get(id);
      if (writtenAt !== undefined && now().getTime() - writtenAt >= weekMs) write(id);
      return writtenAt !== undefined;
    };
    const put = (id: string, spec: unknown) =>
      call('store the spec', () => {
        write(id);
        this.specs.set(id, structuredClone(spec));
      });
    return {
      put: without === 'spec before its revision' ? async (id, spec) => void put(id, spec).catch(() => undefined) : put,
      read: (id) => call('read the spec', () => this.find(id)),
      remove: (id) => call('delete the spec', () => void this.writtenAt.delete(id)),
      renew: without === 'renewal of specs' ? async () => true : (id) => call('renew the spec', () => renew(id)),
    };
  }
}

const toKeptKey = ({ target, clusterId, operationId, name }: KeptFileRef) =>
  [target, clusterId, operationId, name].join('/');

/** The kept logs in S3. */
export class ModelKeptLogs {
  private readonly stored = new Map<string, Uint8Array>();
  private readonly context: ModelContext;

  constructor(context: ModelContext) {
    this.context = context;
  }

  /** Whether the incarnation of a deploy has a file. */
  has(file: KeptFileRef): boolean {
    return this.stored.has(toKeptKey(file));
  }

  portOf(process: Process): KeptLogs {
    const call = <T>(what: string, apply: () => T) =>
      this.context.simulation.call<T>(process, { service: 'S3', what, apply, failures: noAnswers });
    return {
      put: (file, content) => call(`store ${file.name}`, () => void this.stored.set(toKeptKey(file), content)),
      read: (file) => call(`read ${file.name}`, () => this.stored.get(toKeptKey(file))),
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
