/** Which clusters the table asks the API for. */
export const scopes = ['live', 'ended', 'all'] as const;
export type Scope = (typeof scopes)[number];

export const toScope = (text: string | null): Scope => scopes.find((scope) => scope === text) ?? 'live';
