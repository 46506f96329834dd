import type { Downloads } from '#shared/clusters/ports/downloads.ts';

/** Web servers that answer with 200 unless told otherwise. */
export class FakeDownloads implements Downloads {
  /** What the servers answer, by address. Undefined for no answer. */
  readonly statuses = new Map<string, number | undefined>();
  readonly asked: string[] = [];

  async findMissingStatus(address: string) {
    const url = URL.parse(address);
    if (url?.protocol !== 'https:' || url.username !== '' || url.password !== '') return undefined;
    this.asked.push(address);
    const status = this.statuses.get(address);
    return status === 404 || status === 410 ? status : undefined;
  }
}
