import styles from "./BarChart.module.css";

export type Bar = { key: string; label: string; value: number; words: string };

type BarChartProps = { bars: readonly Bar[]; label: string };

/** Amounts side by side. Each bar says itself on hover; for those who do not see it the words are in `label`, the numbers in the table below. */
export function BarChart({ bars, label }: BarChartProps) {
  const highest = Math.max(1, ...bars.map(({ value }) => value));
  return (
    <div role="img" aria-label={label} className={styles.chart}>
      {bars.map(({ key, label: name, value, words }) => (
        <span key={key} className={styles.column} title={`${name}: ${words}`}>
          <span className={styles.bar} style={{ height: value === 0 ? 0 : `max(3px, ${(value / highest) * 100}%)` }} />
        </span>
      ))}
    </div>
  );
}
