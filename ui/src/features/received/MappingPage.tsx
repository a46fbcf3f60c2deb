import { useNavigate, useParams } from "@tanstack/react-router";

import { useRead } from "~/api/queries";
import type { Connection, ReceivedDetails } from "~/backend/bindings/commands";
import { Loaded } from "~/components/Loading";
import { Page } from "~/components/Page";
import { useText } from "~/text";

import { MappingForm } from "./MappingForm";
import { useAwaitProvider } from "./useAwaitProvider";

/** Where should it go? */
export function MappingPage() {
  const { received } = useParams({ from: "/received/$received/targets" });
  const { mapping: text } = useText();
  const navigate = useNavigate();
  const details = useRead("received_show", { received });
  const connections = useRead("connection_list", {});
  useAwaitProvider(details.data);
  const name = details.data?.summary.name ?? "";
  const back = () => void navigate({ to: "/received/$received", params: { received } });
  return (
    <Page title={text.title} lead={name && text.lead(name)} {...(name && { back: { label: name, onBack: back } })}>
      <Loaded query={details}>
        {(data: ReceivedDetails) => <Loaded query={connections}>{(list: Connection[]) => <MappingForm key={data.summary.id} details={data} connections={list} />}</Loaded>}
      </Loaded>
    </Page>
  );
}
