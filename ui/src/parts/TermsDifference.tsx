import { useRead } from "~/api/queries";
import { Difference } from "~/components/Difference";
import { Loaded } from "~/components/Loading";
import { Muted, Stack } from "~/components/layout";
import { useText } from "~/text";

type TermsDifferenceProps = {
  /** Of a share or a received share. */
  name: string;
  /** The one before `to` when `null`; on a received share the one that was agreed to. */
  from?: number | null;
  to: number;
};

/** What changed between two versions of the terms. */
export function TermsDifference({ name, from = null, to }: TermsDifferenceProps) {
  const { terms: text } = useText();
  const difference = useRead("terms_compare", { name, from, to });
  return (
    <Loaded query={difference}>
      {({ from: older, added, removed, lines }) => (
        <Stack gap={8}>
          <Muted small>{older === null ? text.firstVersion : text.changedSince(older, added, removed)}</Muted>
          <Difference lines={lines} name={text.difference(to)} testId="terms-difference" />
        </Stack>
      )}
    </Loaded>
  );
}
