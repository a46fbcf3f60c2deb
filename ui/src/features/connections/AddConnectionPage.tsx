import { useNavigate } from "@tanstack/react-router";

import { Page } from "~/components/Page";
import { Card } from "~/components/layout";
import { ConnectionForm } from "~/parts/ConnectionForm";
import { useNotify } from "~/parts/notify";
import { useText } from "~/text";

export function AddConnectionPage() {
  const text = useText().connections;
  const navigate = useNavigate();
  const notify = useNotify();
  const back = () => void navigate({ to: "/connections" });
  return (
    <Page title={text.addTitle} back={{ label: text.title, onBack: back }}>
      <Card>
        <ConnectionForm
          onCancel={back}
          onSaved={({ name, id }) => {
            notify(text.saved(name));
            void navigate({ to: "/connections/$connection", params: { connection: id } });
          }}
        />
      </Card>
    </Page>
  );
}
