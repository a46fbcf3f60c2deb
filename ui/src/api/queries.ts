import { QueryClient, type UseQueryOptions, type UseQueryResult, keepPreviousData, useQuery } from "@tanstack/react-query";

import type { Answer, Request } from "~/backend/backend";
import type { ErrorDto } from "~/backend/bindings/commands";

import { useBackend } from "./context";
import type { ReadName } from "./tags";

declare module "@tanstack/react-query" {
  interface Register {
    defaultError: ErrorDto;
  }
}

export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      // The application tells what became stale, so nothing is asked again only because a window got the focus. A
      // failed question is repeated by the person, who sees why it failed.
      queries: { retry: false, staleTime: Number.POSITIVE_INFINITY, refetchOnWindowFocus: false, networkMode: "always" },
      mutations: { retry: false, networkMode: "always" },
    },
  });
}

type ReadOptions<K extends ReadName> = Pick<UseQueryOptions<Answer<K>, ErrorDto>, "enabled" | "refetchInterval" | "staleTime" | "gcTime"> & {
  /** Shows the former answer while the one for another request is on its way. */
  keepFormer?: boolean;
};

/** The answer of a command that changes nothing; asked again when its tags become stale. */
export function useRead<K extends ReadName>(name: K, request: Request<K>, { keepFormer, ...options }: ReadOptions<K> = {}): UseQueryResult<Answer<K>, ErrorDto> {
  const backend = useBackend();
  return useQuery<Answer<K>, ErrorDto>({
    queryKey: [name, request],
    queryFn: () => backend.call(name, request),
    ...(keepFormer && { placeholderData: keepPreviousData as never }),
    ...options,
  });
}
