import { Button, MessageBar, MessageBarBody, MessageBarTitle } from "@fluentui/react-components";

import { useRead } from "~/api/queries";
import type { Approval } from "~/backend/bindings/commands";
import { ErrorPanel } from "~/components/ErrorPanel";
import { Loaded } from "~/components/Loading";
import { Row } from "~/components/layout";
import { useText } from "~/text";

import { AnswerRequest } from "./AnswerRequest";
import { Asked } from "./Asked";
import { DoApproved } from "./DoApproved";

/** One file: a request that may be answered here, the answer to one's own, or neither. */
export function OpenedApproval({ file, onClose }: { file: string; onClose: () => void }) {
  const { approvals: text } = useText();
  const approval = useRead("approval_read", { text: file }, { gcTime: 0, staleTime: 0 });
  return (
    <>
      {approval.error?.code === "not-genuine" ? (
        <ErrorPanel title={text.notGenuine} error={approval.error} />
      ) : (
        <Loaded query={approval}>
          {(found) => (
            <>
              <State approval={found} />
              <Asked approval={found} />
              {found.may_be_answered_here && <AnswerRequest file={file} approval={found} onDone={onClose} />}
              {found.asked_here && found.status === "approved" && <DoApproved file={file} approval={found} onDone={onClose} />}
            </>
          )}
        </Loaded>
      )}
      <Row>
        <Button onClick={onClose} data-testid="approval-close">
          {text.close}
        </Button>
      </Row>
    </>
  );
}

type Said = { intent: "info" | "success" | "warning" | "error"; title: string; body?: string };

function useSaid({ asked_here: own, may_be_answered_here: answerable, status, answered_by: by, reason }: Approval): Said {
  const { approvals: text } = useText();
  if (status === "refused") return { intent: "error", title: text.refusedBy(by?.name ?? text.somebody), ...(reason !== null && { body: reason }) };
  if (status === "done") return { intent: "success", title: text.done };
  if (status === "expired") return { intent: "warning", title: text.expired };
  if (status === "approved") return { intent: "success", title: text.approvedBy(by?.name ?? text.somebody) };
  if (answerable) return { intent: "info", title: text.requestTitle };
  return { intent: "warning", title: own ? text.notAnswered : text.notYours, ...(own && { body: text.next }) };
}

function State({ approval }: { approval: Approval }) {
  const { intent, title, body } = useSaid(approval);
  return (
    <MessageBar intent={intent} layout="multiline" data-testid="approval-state" data-status={approval.status}>
      <MessageBarBody>
        <MessageBarTitle>{title}</MessageBarTitle> {body}
      </MessageBarBody>
    </MessageBar>
  );
}
