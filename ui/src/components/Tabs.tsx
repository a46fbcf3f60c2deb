import { Tab, TabList } from "@fluentui/react-components";
import { useEffect, useRef } from "react";

import styles from "./Tabs.module.css";

type TabsProps<N extends string> = { name: string; tabs: readonly N[]; labels: Record<N, string>; selected: N; onSelect: (tab: N) => void };

/** The parts of a page; the tabs come closer where the window is narrow, and the chosen one is always in sight. */
export function Tabs<N extends string>({ name, tabs, labels, selected, onSelect }: TabsProps<N>) {
  const line = useRef<HTMLDivElement>(null);
  useEffect(() => {
    line.current?.querySelector(`[data-testid="tab-${selected}"]`)?.scrollIntoView?.({ block: "nearest", inline: "nearest" });
  }, [selected]);
  return (
    <div className={styles.tabs} ref={line}>
      <TabList selectedValue={selected} onTabSelect={(_, { value }) => onSelect(value as N)} aria-label={name}>
        {tabs.map((tab) => (
          <Tab key={tab} value={tab} data-testid={`tab-${tab}`}>
            {labels[tab]}
          </Tab>
        ))}
      </TabList>
    </div>
  );
}
