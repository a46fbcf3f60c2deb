import { Dialog, DialogBody, DialogContent, DialogSurface, Input } from "@fluentui/react-components";
import { SearchRegular } from "@fluentui/react-icons";
import { type KeyboardEvent, type ReactElement, useEffect, useId, useRef, useState } from "react";

import { found } from "~/lib/find";

import styles from "./Palette.module.css";

export type PaletteItem = { key: string; group: string; label: string; detail?: string; keys?: string; icon: ReactElement; run: () => void };

/** As many as fit a glance; whoever wants another types one more letter. */
const MOST = 30;

type PaletteProps = { label: string; placeholder: string; nothing: string; items: readonly PaletteItem[]; onType: (words: string) => void; onClose: () => void };

/** One field that finds everything: arrows choose, Enter goes there. */
export function Palette({ label, placeholder, nothing, items, onType, onClose }: PaletteProps) {
  const list = useId();
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), []);
  const [words, setWords] = useState("");
  const [chosen, setChosen] = useState(0);
  const shown = found(words, items, (item) => `${item.label} ${item.detail ?? ""}`).slice(0, MOST);
  const current = Math.min(chosen, shown.length - 1);
  const type = (value: string) => {
    setWords(value);
    setChosen(0);
    onType(value);
  };
  const run = (item: PaletteItem) => {
    onClose();
    item.run();
  };
  const press = (event: KeyboardEvent) => {
    const last = shown.length - 1;
    const next: Record<string, number> = { ArrowDown: current >= last ? 0 : current + 1, ArrowUp: current <= 0 ? last : current - 1, PageDown: Math.min(last, current + 8), PageUp: Math.max(0, current - 8) };
    const item = shown[current];
    if (event.key in next) setChosen(next[event.key] ?? 0);
    else if (event.key === "Enter" && item) run(item);
    else return;
    event.preventDefault();
  };
  return (
    <Dialog open onOpenChange={(_, { open }) => !open && onClose()}>
      <DialogSurface className={styles.surface} aria-label={label} data-testid="palette">
        <DialogBody className={styles.body}>
          <DialogContent className={styles.content}>
            <Input
              ref={field}
              size="large"
              appearance="underline"
              className={styles.input}
              contentBefore={<SearchRegular />}
              value={words}
              onChange={(_, { value }) => type(value)}
              onKeyDown={press}
              placeholder={placeholder}
              role="combobox"
              aria-label={label}
              aria-expanded
              aria-controls={list}
              aria-autocomplete="list"
              {...(shown.length > 0 && { "aria-activedescendant": `${list}-${current}` })}
              data-testid="palette-input"
            />
            <div id={list} role="listbox" aria-label={label} className={styles.list} tabIndex={-1}>
              {shown.map((item, index) => (
                <Option key={item.key} item={item} id={`${list}-${index}`} chosen={index === current} first={shown[index - 1]?.group !== item.group} onRun={() => run(item)} />
              ))}
            </div>
            {shown.length === 0 && (
              <p className={styles.nothing} role="status">
                {nothing}
              </p>
            )}
          </DialogContent>
        </DialogBody>
      </DialogSurface>
    </Dialog>
  );
}

type OptionProps = { item: PaletteItem; id: string; chosen: boolean; first: boolean; onRun: () => void };

function Option({ item, id, chosen, first, onRun }: OptionProps) {
  return (
    // The field has the keyboard; the mouse may choose here.
    // oxlint-disable-next-line jsx-a11y/click-events-have-key-events
    <div
      id={id}
      role="option"
      tabIndex={-1}
      aria-selected={chosen}
      className={`${styles.option} ${chosen ? styles.chosen : ""}`}
      ref={(element) => {
        if (chosen) element?.scrollIntoView?.({ block: "nearest" });
      }}
      onClick={onRun}
      data-testid={`palette-${item.key}`}
    >
      <span className={styles.icon} aria-hidden>
        {item.icon}
      </span>
      <span className={styles.words}>
        <span className={styles.label}>{item.label}</span>
        {item.detail && <span className={styles.detail}>{item.detail}</span>}
      </span>
      {item.keys ? <kbd className={styles.keys}>{item.keys}</kbd> : <span className={styles.group}>{first ? item.group : ""}</span>}
    </div>
  );
}
