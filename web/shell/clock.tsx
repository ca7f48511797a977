/** The time of day, to the minute. */
import { useEffect, useState } from 'preact/hooks';
import { timeOfDay } from '../ui/format.ts';

export function Clock() {
  const [now, setNow] = useState(() => new Date());
  useEffect(() => {
    // At the start of each minute.
    const timer = setTimeout(() => setNow(new Date()), 60_000 - (Date.now() % 60_000) + 5);
    return () => clearTimeout(timer);
  }, [now]);
  return (
    <time class="bar-clock number" dateTime={now.toISOString()}>
      {timeOfDay(now)}
    </time>
  );
}
