import { useText } from "~/text";

/** Sentences that the application wrote, in English; said so where the window speaks another language. */
export function ApplicationWords({ children }: { children: string }) {
  const { applicationSays } = useText().common;
  return (
    <>
      {applicationSays && `${applicationSays} `}
      <span lang="en">{children}</span>
    </>
  );
}
