/** What is worth a word only if it lasts. */
import { useEffect, useState } from 'preact/hooks';

/** True once `on` has been true for `ms` without a break; false at once with it. */
export function useLate(on: boolean, ms: number): boolean {
  const [late, setLate] = useState(false);
  useEffect(() => {
    if (!on) return undefined;
    const timer = setTimeout(() => setLate(true), ms);
    return () => {
      clearTimeout(timer);
      setLate(false);
    };
  }, [on, ms]);
  return on && late;
}
