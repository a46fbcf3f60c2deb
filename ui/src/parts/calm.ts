import { useEffect, useState } from "react";

/** Milliseconds after which somebody who types is taken to have paused. */
const CALM = 250;

/** What was typed, once the typing pauses. */
export function useCalm(typed: string): string {
  const [calm, setCalm] = useState(typed);
  useEffect(() => {
    const timer = setTimeout(() => setCalm(typed), CALM);
    return () => clearTimeout(timer);
  }, [typed]);
  return calm;
}
