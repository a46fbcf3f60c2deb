import { Button, Menu, MenuButton, MenuItem, MenuList, MenuPopover, MenuTrigger, MessageBar, MessageBarBody, Spinner } from "@fluentui/react-components";
import { SendRegular } from "@fluentui/react-icons";
import { useNavigate } from "@tanstack/react-router";

import { useChange } from "~/api/mutations";
import { useRead } from "~/api/queries";
import type { InvitationSent, MailContents } from "~/backend/bindings/commands";
import { ErrorPanel } from "~/components/ErrorPanel";
import { Muted } from "~/components/layout";
import { useWayOut } from "~/parts/way-out";
import { useText } from "~/text";

const CONTENTS: MailContents[] = ["link-and-file", "link", "file"];

/** Sending invitations by the workspace's mail server: the button, and what became of it. */
export function useSendByMail(ids: readonly string[]) {
  const send = useChange("invitation_send");
  const leave = useWayOut();
  const outcome = (
    <>
      {send.data && <Outcome sent={send.data} />}
      {send.error && <ErrorPanel error={send.error} onLeave={leave} />}
    </>
  );
  const button = <SendButton count={ids.length} busy={send.isPending} onSend={(contents) => send.mutate({ invitation_ids: [...ids], contents })} />;
  return { button, outcome };
}

type SendButtonProps = { count: number; busy: boolean; onSend: (contents: MailContents) => void };

function SendButton({ count, busy, onSend }: SendButtonProps) {
  const { mail: text } = useText();
  const navigate = useNavigate();
  const server = useRead("mail_show", {}).data;
  if (!server) return null;
  const words = count === 1 ? text.send : text.sendAll;
  if (!server.settings) {
    return (
      <Button icon={<SendRegular />} title={text.notSetUp} onClick={() => void navigate({ to: "/settings" })} data-testid="invitation-send">
        {words}
      </Button>
    );
  }
  return (
    <Menu>
      <MenuTrigger disableButtonEnhancement>
        <MenuButton icon={busy ? <Spinner size="tiny" /> : <SendRegular />} disabled={busy} data-testid="invitation-send">
          {busy ? text.sending : words}
        </MenuButton>
      </MenuTrigger>
      <MenuPopover>
        <MenuList>
          {CONTENTS.map((contents) => (
            <MenuItem key={contents} onClick={() => onSend(contents)} data-testid={`invitation-send-${contents}`}>
              {text.contents[contents]}
            </MenuItem>
          ))}
        </MenuList>
      </MenuPopover>
    </Menu>
  );
}

function Outcome({ sent }: { sent: InvitationSent[] }) {
  const { mail: text } = useText();
  const taken = sent.filter(({ problem }) => problem === null);
  return (
    <>
      {taken.length > 0 && (
        <MessageBar intent="success" role="status" data-testid="invitation-sent">
          <MessageBarBody>{text.sent(taken.length, taken[0]?.email ?? "")}</MessageBarBody>
        </MessageBar>
      )}
      {sent.map(
        ({ invitation_id: id, email, problem }) =>
          problem && (
            <div key={id}>
              <Muted>{text.notSent(email)}</Muted>
              <ErrorPanel error={problem} />
            </div>
          ),
      )}
    </>
  );
}
