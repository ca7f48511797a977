/** The time of day, to the minute. */
import { useEffect, useState } from 'preact/hooks';

export function Clock() {
  const [now, setNow] = useState(() => new Date());
  useEffect(() => {
    // At the start of each minute.
    const timer = setTimeout(() => setNow(new Date()), 60_000 - (Date.now() % 60_000) + 5);
    return () => clearTimeout(timer);
  }, [now]);
  return (
    <time class="bar-clock number" dateTime={now.toISOString()}>
      {new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' }).format(now)}
    </time>
  );
}
