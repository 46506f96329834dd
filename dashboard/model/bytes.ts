const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const;

/** A size in its largest unit: `1.5 MiB`, which no line break divides. */
export const formatBytes = (bytes: number): string => {
  const power = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log2(Math.max(1, bytes)) / 10)));
  const value = bytes / 1_024 ** power;
  return `${power === 0 || value >= 100 ? Math.round(value) : Math.round(value * 10) / 10}\u00A0${units[power]}`;
};
