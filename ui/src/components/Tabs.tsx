import { Tab, TabList } from "@fluentui/react-components";

import styles from "./Tabs.module.css";

type TabsProps<N extends string> = { name: string; tabs: readonly N[]; labels: Record<N, string>; selected: N; onSelect: (tab: N) => void };

/** The parts of a page; the tabs come closer where the window is narrow. */
export function Tabs<N extends string>({ name, tabs, labels, selected, onSelect }: TabsProps<N>) {
  return (
    <div className={styles.tabs}>
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
