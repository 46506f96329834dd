import type { Resolver } from '#shared/clusters/ports/resolver.ts';

/** The addresses of addresses are themselves. */
export class FakeResolver implements Resolver {
  readonly hosts = new Map<string, readonly string[]>([['localhost', ['127.0.0.1']]]);

  async resolve(host: string) {
    return this.hosts.get(host) ?? (/^[\d.]+$|:/.test(host) ? [host] : []);
  }
}
