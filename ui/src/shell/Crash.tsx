import { Button } from "@fluentui/react-components";
import { ErrorCircleRegular } from "@fluentui/react-icons";
import { type ErrorComponentProps, useRouter } from "@tanstack/react-router";

import { CopyButton } from "~/components/CopyButton";
import { EmptyState } from "~/components/layout";
import { redact } from "~/lib/redact";
import { SupportButton } from "~/parts/SupportButton";
import { useText } from "~/text";

/** A page that failed. Never a white window. */
export function Crash({ error, reset }: ErrorComponentProps) {
  const text = useText().common;
  const router = useRouter();
  const home = () => {
    reset();
    void router.navigate({ to: "/" });
  };
  return (
    <EmptyState icon={<ErrorCircleRegular />} title={text.crashTitle} body={text.crashBody}>
      <Button appearance="primary" onClick={home}>
        {text.crashHome}
      </Button>
      <CopyButton text={redact(error instanceof Error ? `${error.message}\n${error.stack ?? ""}` : String(error))} label={text.copyDetails} />
      <SupportButton />
    </EmptyState>
  );
}

export function NotFound() {
  const text = useText().common;
  const router = useRouter();
  return (
    <EmptyState icon={<ErrorCircleRegular />} title={text.notFoundTitle} body={text.notFoundBody}>
      <Button appearance="primary" onClick={() => void router.navigate({ to: "/" })}>
        {text.crashHome}
      </Button>
    </EmptyState>
  );
}
