import { Button } from "@fluentui/react-components";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";

import { useRead } from "~/api/queries";
import { Loaded } from "~/components/Loading";
import { Page } from "~/components/Page";
import { SafetyCode } from "~/components/SafetyCode";
import { Muted, Row, Stack } from "~/components/layout";
import { useText } from "~/text";

import { AllLinks } from "./AllLinks";
import { LinkCard } from "./LinkCard";

/** The invitations just made, or one made earlier: each ready to be sent. */
export function LinksPage() {
  const { share } = useParams({ from: "/sent/$share/invitations" });
  const { ids } = useSearch({ from: "/sent/$share/invitations" });
  const { links: text } = useText();
  const navigate = useNavigate();
  const details = useRead("share_show", { share });
  const status = useRead("workspace_status", {});
  const all = ids.split(",").filter(Boolean);
  const name = details.data?.name ?? "";
  const done = () => void navigate({ to: "/sent/$share", params: { share }, search: { tab: "recipients" } });
  return (
    <Page title={text.title} lead={name && text.lead(name)} back={{ label: name || text.done, onBack: done }}>
      <Loaded query={details}>
        {() => (
          <Stack gap={16}>
            <Muted>{text.secretNote}</Muted>
            {all.length > 1 && <AllLinks ids={all} />}
            {all.map((id) => (
              <LinkCard key={id} invitationId={id} share={name} />
            ))}
          </Stack>
        )}
      </Loaded>
      {status.data?.card && (
        <Row>
          <Muted>{text.safety}</Muted>
          <SafetyCode code={status.data.card.safety_code} />
        </Row>
      )}
      <Row>
        <Button appearance="primary" onClick={done} data-testid="invitation-links-done">
          {text.done}
        </Button>
      </Row>
    </Page>
  );
}
