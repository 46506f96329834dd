import { gunzipSync } from 'node:zlib';

import type { KeptFileRef, KeptLogs } from '#shared/clusters/ports/objects.ts';

const toKey = ({ target, clusterId, operationId, name }: KeptFileRef) =>
  [target, clusterId, operationId, name].join('/');

/** The kept logs in memory. */
export class FakeKeptLogs implements KeptLogs {
  /** By target, cluster, deploy operation and name. */
  readonly stored = new Map<string, Uint8Array>();
  /** How often files were stored. */
  puts = 0;
  /** Fails the request that it throws for. */
  onRequest: (method: keyof KeptLogs, file: KeptFileRef) => void | Promise<void> = () => {};

  async put(file: KeptFileRef, content: Uint8Array) {
    await this.onRequest('put', file);
    this.puts += 1;
    this.stored.set(toKey(file), content);
  }

  async read(file: KeptFileRef) {
    await this.onRequest('read', file);
    return this.stored.get(toKey(file));
  }

  /** The text of the only file with this name, without compression. Undefined when there is none. */
  find(name: string): string | undefined {
    const found = [...this.stored].filter(([key]) => key.endsWith(`/${name}`));
    if (found.length > 1) throw new Error(`several incarnations have ${name}`);
    const [, content] = found[0] ?? [];
    if (content === undefined) return undefined;
    return Buffer.from(name.endsWith('.gz') ? gunzipSync(content) : content).toString();
  }
}
