import { type UseMutationResult, useMutation, useQueryClient } from "@tanstack/react-query";
import { useCallback } from "react";

import type { Answer, Request } from "~/backend/backend";
import type { ErrorDto } from "~/backend/bindings/commands";

import { useBackend } from "./context";
import { CHANGE_TAGS, type ChangeName, isStale } from "./tags";

type After<K extends ChangeName> = { onSuccess?: (answer: Answer<K>) => void; onError?: (error: ErrorDto) => void };

export type Change<K extends ChangeName> = Omit<UseMutationResult<Answer<K>, ErrorDto, Request<K>>, "mutate"> & {
  /** Runs the command; what comes after happens also when the part of the page that asked is gone by then. */
  mutate: (request: Request<K>, after?: After<K>) => void;
};

/** A command that changes something; what it makes stale is asked again before the change counts as done. */
export function useChange<K extends ChangeName>(name: K): Change<K> {
  const backend = useBackend();
  const client = useQueryClient();
  const mutation = useMutation<Answer<K>, ErrorDto, Request<K>>({
    mutationFn: (request) => backend.call(name, request),
    onSuccess: () => client.invalidateQueries({ predicate: ({ queryKey }) => isStale(queryKey, CHANGE_TAGS[name]) }),
  });
  const { mutateAsync } = mutation;
  // A change often takes away the very part of the page that asked for it: an invitation that was answered, a banner, a
  // row. The library's own callbacks would be dropped with it.
  const mutate = useCallback(
    (request: Request<K>, { onSuccess, onError }: After<K> = {}) => {
      mutateAsync(request).then(onSuccess, onError ?? (() => undefined));
    },
    [mutateAsync],
  );
  return { ...mutation, mutate };
}
