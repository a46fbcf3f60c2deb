import { useQueries } from "@tanstack/react-query";

import { useBackend } from "~/api/context";
import { CopyButton } from "~/components/CopyButton";
import { Card, Muted, Row } from "~/components/layout";
import { useText } from "~/text";

import { useSendByMail } from "./SendByMail";

/** Many invitations at once, for those who write their mails with another program. */
export function AllLinks({ ids }: { ids: readonly string[] }) {
  const { links: text } = useText();
  const backend = useBackend();
  const mail = useSendByMail(ids);
  const answers = useQueries({
    queries: ids.map((id) => ({ queryKey: ["invitation_link", { invitation_id: id }], queryFn: () => backend.call("invitation_link", { invitation_id: id }), gcTime: 0 })),
  });
  const lines = answers.flatMap(({ data }) => (data ? [`${data.email}\t${data.link}`] : []));
  return (
    <Card title={text.all}>
      <Muted>{text.copyAllHint}</Muted>
      <Row>
        <CopyButton text={lines.join("\r\n")} label={text.copyAll} testId="invitation-copy-all" />
        {mail.button}
      </Row>
      {mail.outcome}
    </Card>
  );
}
