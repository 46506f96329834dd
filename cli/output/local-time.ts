const twoDigits = (value: number) => String(value).padStart(2, '0');

/** `dd.MM.yyyy HH:mm:ss` in the zone of whoever reads it. */
export const localTime = (time: string): string => {
  const date = new Date(time);
  const day = [twoDigits(date.getDate()), twoDigits(date.getMonth() + 1), date.getFullYear()].join('.');
  return `${day} ${[date.getHours(), date.getMinutes(), date.getSeconds()].map(twoDigits).join(':')}`;
};
