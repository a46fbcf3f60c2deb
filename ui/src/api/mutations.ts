import { type UseMutationResult, useMutation, useQueryClient } from "@tanstack/react-query";

import type { Answer, Request } from "~/backend/backend";
import type { ErrorDto } from "~/backend/bindings/commands";

import { useBackend } from "./context";
import { CHANGE_TAGS, type ChangeName, isStale } from "./tags";

export type Change<K extends ChangeName> = UseMutationResult<Answer<K>, ErrorDto, Request<K>>;

/** A command that changes something; what it makes stale is asked again before the change counts as done. */
export function useChange<K extends ChangeName>(name: K): Change<K> {
  const backend = useBackend();
  const client = useQueryClient();
  return useMutation<Answer<K>, ErrorDto, Request<K>>({
    mutationFn: (request) => backend.call(name, request),
    onSuccess: () => client.invalidateQueries({ predicate: ({ queryKey }) => isStale(queryKey, CHANGE_TAGS[name]) }),
  });
}
