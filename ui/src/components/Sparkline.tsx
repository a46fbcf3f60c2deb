import { sparklinePath } from "~/lib/sparkline";

import styles from "./Sparkline.module.css";

const WIDTH = 240;
const HEIGHT = 40;

/** The last values as a line; the words for those who do not see it are in `label`. */
export function Sparkline({ values, label }: { values: readonly number[]; label: string }) {
  const line = sparklinePath(values, WIDTH, HEIGHT - 4);
  return (
    <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" className={styles.chart} role="img" aria-label={label}>
      {line && <path d={`${line} L${WIDTH} ${HEIGHT} L0 ${HEIGHT} Z`} className={styles.area} transform="translate(0 2)" />}
      {line && <path d={line} className={styles.line} transform="translate(0 2)" />}
    </svg>
  );
}
