const padTwoDigits = (value: number) => String(value).padStart(2, '0');

/** `dd.MM.yyyy HH:mm:ss` in the time zone of this machine. */
export const formatTime = (time: string): string => {
  const date = new Date(time);
  const day = [padTwoDigits(date.getDate()), padTwoDigits(date.getMonth() + 1), date.getFullYear()].join('.');
  return `${day} ${[date.getHours(), date.getMinutes(), date.getSeconds()].map(padTwoDigits).join(':')}`;
};
