import { Button, type ButtonProps } from "@fluentui/react-components";
import { CheckmarkRegular, CopyRegular } from "@fluentui/react-icons";
import { useEffect, useState } from "react";

import { useText } from "~/text";

type CopyButtonProps = { text: string; label: string; size?: "small" | "medium"; appearance?: "secondary" | "transparent" | "subtle" | "primary"; testId?: string };

/** Copies a text and says so on the button itself. */
export function CopyButton({ text, label, size = "medium", appearance = "secondary", testId }: CopyButtonProps) {
  const words = useText().common;
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return undefined;
    const timer = setTimeout(() => setCopied(false), 2500);
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = async () => {
    await copyText(text);
    setCopied(true);
  };
  const properties: ButtonProps = { size, appearance, icon: copied ? <CheckmarkRegular /> : <CopyRegular /> };
  return (
    <Button {...properties} onClick={() => void copy()} data-testid={testId}>
      <span aria-live="polite">{copied ? words.copied : label}</span>
    </Button>
  );
}

/** The clipboard may be refused in a web view; a selection in the page always works. */
async function copyText(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const area = document.createElement("textarea");
    area.value = text;
    area.style.position = "fixed";
    area.style.opacity = "0";
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }
}
