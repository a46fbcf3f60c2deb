/** One level of a connection, read in steps: a folder of a million entries is neither asked for nor kept from the start. */
import { type UseQueryResult, useInfiniteQuery } from "@tanstack/react-query";
import { useMemo } from "react";

import { useBackend } from "~/api/context";
import type { BrowseEntry, BrowseLevel, ErrorDto } from "~/backend/bindings/commands";

/** Entries that are read at first, and with each step after. */
const FIRST = 1000;
const STEP = 50_000;

type Entries = { entries: readonly BrowseEntry[]; more: boolean };

export type OpenedLevel = {
  query: UseQueryResult<Entries, ErrorDto>;
  reading: boolean;
  /** Reads the next step; how many entries there are then. */
  readOn: () => Promise<number>;
  readToEnd: () => Promise<number>;
};

const lengthOf = (pages: readonly BrowseLevel[]) => pages.reduce((sum, { entries }) => sum + entries.length, 0);

/** With words, only the entries that have them in their names. */
export function useLevel(connection: string, path: string, find: string | null = null): OpenedLevel {
  const backend = useBackend();
  const level = useInfiniteQuery<BrowseLevel, ErrorDto, { pages: BrowseLevel[] }, unknown[], string | null>({
    queryKey: ["connection_browse", { connection, path, find }],
    queryFn: ({ pageParam: next }) => backend.call("connection_browse", { connection, path, limit: next === null || find !== null ? FIRST : STEP, next, find }),
    initialPageParam: null,
    getNextPageParam: ({ next }) => next,
    ...(find !== null && { gcTime: 0 }),
  });
  const { data, hasNextPage: more, fetchNextPage } = level;
  const entries = useMemo(() => foldersFirst(data?.pages ?? []), [data]);
  const readOn = async () => lengthOf((await fetchNextPage()).data?.pages ?? []);
  const readToEnd = async () => {
    for (;;) {
      // Each step begins where the one before ended.
      // oxlint-disable-next-line no-await-in-loop
      const { data: now, hasNextPage, isError } = await fetchNextPage();
      if (!hasNextPage || isError) return lengthOf(now?.pages ?? []);
    }
  };
  // The same answer in the form of a single one, for what shows loading and errors.
  const query = { ...level, data: data && { entries, more } } as unknown as UseQueryResult<Entries, ErrorDto>;
  return { query, reading: level.isFetchingNextPage, readOn, readToEnd };
}

/** A level comes in stretches, each with its folders first; together they have their folders first. */
function foldersFirst(pages: readonly BrowseLevel[]): readonly BrowseEntry[] {
  if (pages.length < 2) return pages[0]?.entries ?? [];
  const all = pages.flatMap(({ entries }) => entries);
  const lastFolder = all.findLastIndex(({ kind }) => kind !== "file");
  const firstFile = all.findIndex(({ kind }) => kind === "file");
  if (firstFile < 0 || lastFolder < firstFile) return all;
  return [...all.filter(({ kind }) => kind !== "file"), ...all.filter(({ kind }) => kind === "file")];
}
