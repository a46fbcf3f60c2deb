import { Button, Field, Textarea } from "@fluentui/react-components";

import { Markdown } from "~/components/Markdown";
import { Muted, Row, Stack } from "~/components/layout";
import { useText } from "~/text";

import styles from "./TermsEditor.module.css";

type TermsEditorProps = { value: string; onChange: (value: string) => void };

/** Terms in Markdown beside how they will look, and something to start from. */
export function TermsEditor({ value, onChange }: TermsEditorProps) {
  const { wizard: text } = useText();
  return (
    <Stack gap={8}>
      <Row>
        <Muted>{text.templates}</Muted>
        {text.templatesList.map((template) => (
          <Button key={template.id} size="small" onClick={() => onChange(template.text)} data-testid={`terms-template-${template.id}`}>
            {template.name}
          </Button>
        ))}
      </Row>
      <div className={styles.editor}>
        <Field label={text.terms} hint={text.termsHint}>
          <Textarea value={value} onChange={(_, data) => onChange(data.value)} rows={12} resize="vertical" data-testid="share-terms" />
        </Field>
        <div className={styles.side}>
          <span id="terms-preview">{text.termsPreview}</span>
          {/* A region that scrolls has to be reachable by keyboard. */}
          {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
          <div className={styles.preview} role="region" aria-labelledby="terms-preview" tabIndex={0} data-testid="terms-preview">
            {value.trim() === "" ? <Muted>{text.termsEmpty}</Muted> : <Markdown>{value}</Markdown>}
          </div>
        </div>
      </div>
    </Stack>
  );
}
