import { MessageBar, MessageBarBody, MessageBarTitle } from "@fluentui/react-components";

import { useRead } from "~/api/queries";
import type { AgentLeader } from "~/backend/bindings/commands";
import { Loaded } from "~/components/Loading";
import { Time } from "~/components/Time";
import { Bullets, Card, Facts, Muted } from "~/components/layout";
import { useText } from "~/text";

/** How often the report of the process that does the work is read again, milliseconds. */
const READ_EVERY = 5000;

/** Who does the work in the background, and how it goes. */
export function Background() {
  const { settings: text } = useText();
  const status = useRead("agent_status", {}, { refetchInterval: READ_EVERY });
  return (
    <Card title={text.background}>
      <Muted>{text.backgroundLead}</Muted>
      <Loaded query={status}>
        {({ leader }) =>
          leader ? (
            <AtWork leader={leader} />
          ) : (
            <MessageBar intent="warning" data-testid="background-nobody">
              <MessageBarBody>{text.backgroundNobody}</MessageBarBody>
            </MessageBar>
          )
        }
      </Loaded>
    </Card>
  );
}

function AtWork({ leader }: { leader: AgentLeader }) {
  const { settings: text } = useText();
  return (
    <>
      <span data-testid="background-by">{leader.kind === "window" ? text.backgroundBy.window : text.backgroundBy.agent(leader.process)}</span>
      <Facts
        facts={[
          { label: text.backgroundSince, value: <Time at={leader.since} /> },
          { label: text.backgroundLast, value: <Time at={leader.last_round_at} /> },
          { label: text.backgroundWatched, value: leader.watched },
        ]}
      />
      {leader.problems.length > 0 ? (
        <MessageBar intent="warning" layout="multiline" data-testid="background-problems">
          <MessageBarBody>
            <MessageBarTitle>{text.backgroundProblems(leader.problems.length)}</MessageBarTitle>
            <Bullets items={leader.problems.map(({ message }) => message)} />
          </MessageBarBody>
        </MessageBar>
      ) : (
        <Muted small>{text.backgroundWell}</Muted>
      )}
    </>
  );
}
