import { useState } from 'react';

/**
 * One of a few texts that the reader chose, and the function that changes it. The browser keeps the choice under the key.
 * The first text is the default.
 */
export const useStoredChoice = <T extends string>(
  key: string,
  choices: readonly [T, ...T[]],
): readonly [choice: T, choose: (text: string) => void] => {
  const [stored, setStored] = useState(() => localStorage.getItem(key));
  const choose = (text: string) => {
    localStorage.setItem(key, text);
    setStored(text);
  };
  return [choices.find((choice) => choice === stored) ?? choices[0], choose];
};
