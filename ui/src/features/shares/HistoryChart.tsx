import type { Snapshot } from "~/backend/bindings/commands";
import { BarChart } from "~/components/BarChart";
import { Card, Muted, Row } from "~/components/layout";
import { formatBytes } from "~/lib/bytes";
import { perDay } from "~/lib/days";
import { shortDate } from "~/lib/time";
import { useText } from "~/text";

const DAYS = 30;

/** How much was received on each of the last days. */
export function HistoryChart({ runs, now }: { runs: readonly Snapshot[]; now: Date }) {
  const { history: text, common } = useText();
  const days = perDay(runs, ({ started_at: at }) => at, ({ bytes_written: bytes }) => bytes, DAYS, now);
  const total = formatBytes(days.reduce((sum, { value }) => sum + value, 0), common.locale);
  const name = (date: Date) => shortDate(date.toISOString(), common.locale);
  const [first, last] = [days[0], days.at(-1)];
  return (
    <Card title={text.chart(DAYS)} actions={<strong>{total}</strong>}>
      <BarChart label={text.chartWords(DAYS, total)} bars={days.map(({ date, value }) => ({ key: date.toISOString(), label: name(date), value, words: formatBytes(value, common.locale) }))} />
      <Row spread>
        <Muted small>{first && name(first.date)}</Muted>
        <Muted small>{last && name(last.date)}</Muted>
      </Row>
    </Card>
  );
}
