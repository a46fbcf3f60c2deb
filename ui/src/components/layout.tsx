import { Text } from "@fluentui/react-components";
import type { ReactNode } from "react";

import styles from "./layout.module.css";

type Gap = 4 | 8 | 12 | 16 | 24;
const gapClass = (gap: Gap) => styles[`gap${gap}`] ?? "";

export function Stack({ gap = 12, children, className = "" }: { gap?: Gap; children: ReactNode; className?: string }) {
  return <div className={`${styles.stack} ${gapClass(gap)} ${className}`}>{children}</div>;
}

type RowProps = { gap?: Gap; spread?: boolean; top?: boolean; children: ReactNode };

export function Row({ gap = 8, spread, top, children }: RowProps) {
  return <div className={`${styles.row} ${gapClass(gap)} ${spread ? styles.spread : ""} ${top ? styles.top : ""}`}>{children}</div>;
}

/** A titled group on a page. */
export function Card({ title, actions, children }: { title?: string; actions?: ReactNode; children: ReactNode }) {
  return (
    <section className={styles.card} aria-label={title}>
      {(title || actions) && (
        <div className={styles.cardHead}>
          {title ? <h2 className={styles.heading2}>{title}</h2> : <span />}
          {actions}
        </div>
      )}
      {children}
    </section>
  );
}

/** One line that is cut where the room ends; the whole text is in its title. */
export function Truncate({ children, title }: { children: string; title?: string }) {
  return (
    <span className={styles.truncate} title={title ?? children}>
      {children}
    </span>
  );
}

export function Muted({ children, small }: { children: ReactNode; small?: boolean }) {
  return <span className={`${styles.muted} ${small ? styles.small : ""}`}>{children}</span>;
}

export function Mono({ children }: { children: ReactNode }) {
  return <span className={styles.mono}>{children}</span>;
}

export type Fact = { label: string; value: ReactNode; hidden?: boolean };

export function Facts({ facts }: { facts: Fact[] }) {
  return (
    <dl className={styles.facts}>
      {facts
        .filter(({ hidden }) => !hidden)
        .map(({ label, value }) => (
          <FactLine key={label} label={label} value={value} />
        ))}
    </dl>
  );
}

function FactLine({ label, value }: Fact) {
  return (
    <>
      <dt>{label}</dt>
      <dd>{value}</dd>
    </>
  );
}

export function Bullets({ items }: { items: readonly string[] }) {
  return (
    <ul className={styles.bullets}>
      {items.map((item) => (
        <li key={item}>{item}</li>
      ))}
    </ul>
  );
}

export function VisuallyHidden({ children }: { children: ReactNode }) {
  return <span className={styles.visuallyHidden}>{children}</span>;
}

type EmptyProps = { icon: ReactNode; title: string; body: ReactNode; children?: ReactNode };

/** Nothing here yet, and what to do about it. */
export function EmptyState({ icon, title, body, children }: EmptyProps) {
  return (
    <div className={styles.empty}>
      <span className={styles.emptyIcon} aria-hidden>
        {icon}
      </span>
      <Text as="h2" size={500} weight="semibold" align="center">
        {title}
      </Text>
      <Text className={styles.emptyBody} align="center">
        {body}
      </Text>
      {children && <div className={styles.emptyActions}>{children}</div>}
    </div>
  );
}
