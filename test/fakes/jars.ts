import { randomUUID } from 'node:crypto';

import type { Jars } from '#shared/clusters/ports/objects.ts';

export class FakeJars implements Jars {
  readonly stored = new Map<string, Uint8Array>();
  readonly renewed: string[] = [];

  async createUpload({
    target,
    name,
    bytes,
  }: {
    readonly target: string;
    readonly name: string;
    readonly bytes: number;
  }) {
    const jar = `s3://bucket/uploads/${target}/${randomUUID()}/${name}`;
    return { jar, url: `https://bucket/${name}`, headers: { 'content-length': String(bytes) }, expiresAt: new Date(0) };
  }

  async inspect(jar: string, target: string) {
    const content = this.stored.get(jar);
    if (content === undefined || !jar.startsWith(`s3://bucket/uploads/${target}/`)) return undefined;
    return { bytes: content.byteLength, head: content.slice(0, 4), digest: Buffer.from(content).toString('hex') };
  }

  async renew(jar: string) {
    this.renewed.push(jar);
    return this.stored.has(jar);
  }

  async open(jar: string) {
    const content = this.stored.get(jar) ?? new Uint8Array();
    return {
      bytes: content.byteLength,
      stream: (async function* chunks() {
        yield content;
      })(),
    };
  }
}

/** A jar: the signature of a zip file and a few bytes more. */
export const jarBytes = new Uint8Array([0x50, 0x4b, 0x03, 0x04, 1, 2, 3]);
