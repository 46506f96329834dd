import { cutPage, type PageRequest } from '#shared/clusters/model/page.ts';
import type { Specs } from '#shared/clusters/ports/objects.ts';

export class FakeSpecs implements Specs {
  readonly stored = new Map<string, string>();

  async list(target: string, page: PageRequest) {
    const found = [...this.stored.keys()]
      .filter((key) => key.startsWith(`${target}/`))
      .map((key) => ({ name: key.slice(target.length + 1), target, updatedAt: '2026-11-23T12:00:00.000Z' }));
    return cutPage(found, page);
  }

  async read(target: string, name: string) {
    const text = this.stored.get(`${target}/${name}`);
    return text === undefined
      ? undefined
      : { data: JSON.parse(text) as unknown, updatedAt: '2026-11-23T12:00:00.000Z' };
  }

  async put(target: string, name: string, data: unknown) {
    this.stored.set(`${target}/${name}`, JSON.stringify(data));
  }

  async remove(target: string, name: string) {
    this.stored.delete(`${target}/${name}`);
  }
}
