/** A flag that is reported only after it has lasted for a while. */
import { useEffect, useState } from 'preact/hooks';

/** True once `on` has been true for `ms`; false as soon as `on` is false. */
export function useDelayed(on: boolean, ms: number): boolean {
  const [delayed, setDelayed] = useState(false);
  useEffect(() => {
    if (!on) return undefined;
    const timer = setTimeout(() => setDelayed(true), ms);
    return () => {
      clearTimeout(timer);
      setDelayed(false);
    };
  }, [on, ms]);
  return on && delayed;
}
