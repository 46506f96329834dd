/** Names of hosts, as the network of Drey resolves them. */
export interface Resolver {
  /** The addresses of a host. Empty when the name has none, and when no name server answers in time. Never throws. */
  resolve(host: string): Promise<readonly string[]>;
}
