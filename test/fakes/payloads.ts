import type { Payloads } from '#shared/clusters/ports/objects.ts';

export class FakePayloads implements Payloads {
  readonly stored = new Map<string, string>();
  readonly uploads = new Map<string, unknown>();
  readonly renewed: string[] = [];

  async put(operationId: string, data: unknown) {
    this.stored.set(operationId, JSON.stringify(data));
  }

  async read(operationId: string) {
    const text = this.stored.get(operationId);
    return text === undefined ? undefined : (JSON.parse(text) as unknown);
  }

  async remove(operationId: string) {
    this.stored.delete(operationId);
  }

  async renew(operationId: string) {
    this.renewed.push(operationId);
    return this.stored.has(operationId);
  }

  async readUpload(dataref: string, target: string) {
    return dataref.startsWith(`s3://bucket/uploads/${target}/`) ? this.uploads.get(dataref) : undefined;
  }

  async removeUpload(dataref: string, target: string) {
    if (dataref.startsWith(`s3://bucket/uploads/${target}/`) && dataref.endsWith('.json')) this.uploads.delete(dataref);
  }
}
