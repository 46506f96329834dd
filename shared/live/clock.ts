import { v7 } from 'uuid';

export const now = (): Date => new Date();

/** An ID of 32 hexadecimal digits. IDs sort by the time of their creation. */
export const newId = (): string => v7().replaceAll('-', '');
