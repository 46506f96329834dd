const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const;

/** Bytes in the largest unit of which there is one: `1.5 MiB`. */
export const formatBytes = (bytes: number): string => {
  const exponent = Math.min(Math.floor(Math.log2(Math.max(bytes, 1)) / 10), units.length - 1);
  const amount = bytes / 1_024 ** exponent;
  return `${exponent === 0 ? amount : amount.toFixed(1)} ${units[exponent]}`;
};
