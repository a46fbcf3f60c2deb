import { Button, Popover, PopoverSurface, PopoverTrigger, Switch } from "@fluentui/react-components";
import { OptionsRegular } from "@fluentui/react-icons";

import { Muted, Stack } from "~/components/layout";
import { setRunChoice, useRunChoice } from "~/parts/run-options";
import { useText } from "~/text";

import styles from "./OptionsMenu.module.css";

/** How snapshots of this share are taken, where it is other than usual. */
export function OptionsMenu({ received }: { received: string }) {
  const { runOptions: text } = useText();
  const choice = useRunChoice(received);
  const count = Number(choice.mirror) + Number(choice.verify) + Number(choice.handOver);
  return (
    <Popover trapFocus>
      <PopoverTrigger disableButtonEnhancement>
        <Button icon={<OptionsRegular />} data-testid="run-options">
          {count === 0 ? text.title : text.chosen(count)}
        </Button>
      </PopoverTrigger>
      <PopoverSurface aria-label={text.title} className={styles.surface} data-testid="run-options-form">
        <Stack gap={12}>
          <Stack gap={4}>
            <Switch label={text.mirror} checked={choice.mirror} onChange={(_, { checked }) => setRunChoice(received, { ...choice, mirror: checked })} data-testid="run-mirror" />
            <Muted small>{text.mirrorHint}</Muted>
          </Stack>
          <Stack gap={4}>
            <Switch label={text.verify} checked={choice.verify} onChange={(_, { checked }) => setRunChoice(received, { ...choice, verify: checked })} data-testid="run-verify" />
            <Muted small>{text.verifyHint}</Muted>
          </Stack>
          <Stack gap={4}>
            <Switch label={text.handOver} checked={choice.handOver} onChange={(_, { checked }) => setRunChoice(received, { ...choice, handOver: checked })} data-testid="run-hand-over" />
            <Muted small>{text.handOverHint}</Muted>
          </Stack>
          <Muted small>{text.kept}</Muted>
        </Stack>
      </PopoverSurface>
    </Popover>
  );
}
