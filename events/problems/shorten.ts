/** The text with at most `maxLength` characters, and an ellipsis when it was longer. */
export const shorten = (text: string, maxLength: number): string =>
  text.length > maxLength ? `${text.slice(0, maxLength).toWellFormed()}…` : text;
