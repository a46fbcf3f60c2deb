import { type RefObject, createContext } from "react";

/** The element that scrolls the page, for lists that draw only what is in sight. */
export const ScrollContext = createContext<RefObject<HTMLElement | null>>({ current: null });
