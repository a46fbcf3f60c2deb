import { MessageBar, MessageBarBody, MessageBarTitle } from "@fluentui/react-components";
import { useEffect, useState } from "react";

import { useRead } from "~/api/queries";
import type { MappingPreview, MappingTarget } from "~/backend/bindings/commands";
import { Loaded } from "~/components/Loading";
import { Bullets, Card, Muted } from "~/components/layout";
import { useText } from "~/text";

import styles from "./MappingPreviewCard.module.css";

/** Waits until the person stops typing. */
function useSettled<T>(value: T, milliseconds: number): T {
  const [settled, setSettled] = useState(value);
  const key = JSON.stringify(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(JSON.parse(key) as T), milliseconds);
    return () => clearTimeout(timer);
  }, [key, milliseconds]);
  return settled;
}

type MappingPreviewCardProps = { received: string; targets: MappingTarget[]; waiting: boolean };

/** The paths that files will get, and those that cannot be written. */
export function MappingPreviewCard({ received, targets, waiting }: MappingPreviewCardProps) {
  const { mapping: text } = useText();
  const settled = useSettled(targets, 350);
  const preview = useRead("mapping_preview", { received, targets: settled }, { enabled: settled.length > 0, keepFormer: true });
  return (
    <Card title={text.preview}>
      {settled.length === 0 ? (
        <Muted>{text.previewEmpty}</Muted>
      ) : (
        <Loaded query={preview}>
          {(list) => (
            <>
              {(waiting || list.some(({ partial }) => partial)) && <Muted small>{text.previewPartial}</Muted>}
              {list.map((one) => (
                <DatasetPreview key={one.dataset} preview={one} />
              ))}
            </>
          )}
        </Loaded>
      )}
    </Card>
  );
}

function DatasetPreview({ preview: { dataset, examples, problems } }: { preview: MappingPreview }) {
  const { mapping: text } = useText();
  return (
    <div className={styles.dataset} data-testid="mapping-preview">
      <strong className={styles.name}>{dataset}</strong>
      <ul className={styles.paths}>
        {examples.map(({ source, target }) => (
          <li key={source} title={`${source} → ${target}`}>
            {target}
          </li>
        ))}
      </ul>
      {problems.length > 0 && (
        <MessageBar intent="warning" layout="multiline" data-testid="mapping-problems">
          <MessageBarBody>
            <MessageBarTitle>{text.problems(problems.length)}</MessageBarTitle>
            <Bullets items={problems.slice(0, 5).map(({ path, reason }) => `${path}: ${reason}`)} />
            {problems.length > 5 && text.andMore}
          </MessageBarBody>
        </MessageBar>
      )}
    </div>
  );
}
