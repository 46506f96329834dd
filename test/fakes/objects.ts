/** Objects of a bucket, each with the ID of its operation. */
export class FakeObjects {
  /** By operation. */
  readonly stored = new Map<string, string>();
  readonly renewed: string[] = [];

  async put(operationId: string, spec: unknown) {
    this.stored.set(operationId, JSON.stringify(spec));
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
}
