import { Spinner } from "@fluentui/react-components";
import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";

import type { ErrorDto } from "~/backend/bindings/commands";
import { useText } from "~/text";
import type { WayOut } from "~/text/errors";

import { ErrorPanel } from "./ErrorPanel";

type LoadedProps<T> = { query: UseQueryResult<T, ErrorDto>; onLeave?: (way: WayOut) => void; children: (data: T) => ReactNode };

/** The answer of a query, or that it is on its way, or why it did not come. */
export function Loaded<T>({ query, onLeave, children }: LoadedProps<T>) {
  const text = useText();
  if (query.data !== undefined) {
    return (
      <>
        {query.isError && <ErrorPanel error={query.error} onRetry={() => void query.refetch()} onLeave={onLeave} />}
        {children(query.data)}
      </>
    );
  }
  if (query.isError) return <ErrorPanel error={query.error} onRetry={() => void query.refetch()} onLeave={onLeave} />;
  return <Spinner size="small" label={text.common.loading} labelPosition="after" style={{ justifyContent: "flex-start", minHeight: 48 }} delay={200} />;
}
