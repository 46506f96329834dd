/** Whether the IANA database has a time zone of this name. */
export const isTimezone = (name: string): boolean => {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false; // The constructor throws for an unknown time zone.
  }
};
